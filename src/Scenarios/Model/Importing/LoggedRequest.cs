namespace MeshSim.Scenarios.Model;

/// <summary>One request as an access log tells it. What the log does not say is null, or empty.</summary>
public sealed class LoggedRequest
{
    /// <summary>Its line, from 1.</summary>
    public int Line { get; set; }

    /// <summary>When it came, nanoseconds since the epoch.</summary>
    public long? StartUnixNs { get; set; }

    public string Method { get; set; } = "";

    public string Path { get; set; } = "";

    public string Host { get; set; } = "";

    /// <summary>0 where the client was gone before an answer.</summary>
    public int? Status { get; set; }

    /// <summary>Response flags; empty for none.</summary>
    public string Flags { get; set; } = "";

    /// <summary>From the request's first byte to the answer's last.</summary>
    public long? DurationMs { get; set; }

    /// <summary>x-envoy-upstream-service-time: from the end of the request to the begin of the answer, all attempts together.</summary>
    public long? ServiceTimeMs { get; set; }

    public long? BytesReceived { get; set; }

    public long? BytesSent { get; set; }

    public string Cluster { get; set; } = "";

    /// <summary>Address and port of the host that answered.</summary>
    public string UpstreamHost { get; set; } = "";

    public int? Attempts { get; set; }

    /// <summary>It is a request of HTTP that was asked and not a connection of TCP, or a tunnel.</summary>
    public bool IsHttp => Method.Length > 0 && Method != "CONNECT" && Path.StartsWith('/');
}
