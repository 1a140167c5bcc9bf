namespace MeshSim.ProxyRuntime.Core;

/// <summary>A downstream connection, numbered by the driver; unique within a worker.</summary>
public readonly record struct ConnectionId(long Value)
{
    public override string ToString() => $"C{Value}";
}

/// <summary>A downstream request: the connection it came on and its number there, counted from 0 by the driver.</summary>
public readonly record struct StreamId(ConnectionId Connection, int Number)
{
    public override string ToString() => $"{Connection}/{Number}";
}

/// <summary>One try of a request at one host, numbered by the worker.</summary>
public readonly record struct AttemptId(long Value)
{
    public override string ToString() => $"A{Value}";
}

/// <summary>A connection to an upstream host, numbered by the worker.</summary>
public readonly record struct UpstreamConnectionId(long Value)
{
    public override string ToString() => $"U{Value}";
}
