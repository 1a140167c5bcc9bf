namespace MeshSim.ProxyRuntime.Core;

/// <summary>What came of reading the endpoints of a cluster once.</summary>
/// <param name="Outcome">Whether there is something to take over.</param>
/// <param name="Version">version_info of the response.</param>
/// <param name="Assignment">With <see cref="EndpointsOutcome.Accepted"/>: the endpoints.</param>
public sealed record EndpointsAnswer(EndpointsOutcome Outcome, string Version = "", EndpointAssignment? Assignment = null)
{
    /// <summary>It could not be read.</summary>
    public static readonly EndpointsAnswer Failure = new(EndpointsOutcome.Failed);

    /// <summary>It was read, and is not what may stand there.</summary>
    public static readonly EndpointsAnswer Rejection = new(EndpointsOutcome.Rejected);

    public static EndpointsAnswer Of(EndpointAssignment assignment, string version = "") => new(EndpointsOutcome.Accepted, version, assignment);
}

public enum EndpointsOutcome : byte
{
    /// <summary>An assignment for the cluster.</summary>
    Accepted,

    /// <summary>A response without any assignment.</summary>
    Empty,

    /// <summary>A response that is refused.</summary>
    Rejected,

    /// <summary>No response at all.</summary>
    Failed,
}
