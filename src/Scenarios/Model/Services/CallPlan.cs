using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>One thing an application does for a request after its first own work: more work, or calls.</summary>
public abstract record PlanStep;

/// <summary>Own work, while the worker is held.</summary>
public sealed record WorkStep(TimeModel Time) : PlanStep;

/// <summary>Calls that begin together; the step is over when all have ended.</summary>
public sealed record CallStep(ImmutableArray<OutgoingCall> Calls) : PlanStep;

/// <summary>A call to another service.</summary>
/// <param name="To">The service's name; through a proxy also the host that is asked for.</param>
public sealed record OutgoingCall(string To)
{
    /// <summary>To the service itself, past every proxy of the caller's.</summary>
    public const string Directly = "direct";

    /// <summary>The caller's own sidecar.</summary>
    public const string BySidecar = "sidecar";

    /// <summary>A proxy's name, <see cref="BySidecar"/> or <see cref="Directly"/>. Default the sidecar where there is one, else directly.</summary>
    public required string Via { get; init; }

    public string Method { get; init; } = "GET";

    public string Path { get; init; } = "/";

    public required string Host { get; init; }

    public int BodyBytes { get; init; }

    /// <summary>The application waits no longer than this. Default 15 s.</summary>
    public long TimeoutNs { get; init; } = 15_000_000_000;

    /// <summary>How often it is made at all, 0 to 1. Default 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>Without an answer, or with one of 500 and more, the application itself fails. Default true.</summary>
    public bool FailsCaller { get; init; } = true;
}

/// <summary>The proxy that is in the pods of a service.</summary>
/// <param name="Proxy">The proxy's name; each replica of the service has one of its own.</param>
/// <param name="InboundPort">The port of its listener that takes what comes to the pod's address; null for the service's own port, if it listens there.</param>
/// <param name="OutboundPort">The port of its listener that the application calls; null for the first listener that is not the inbound one.</param>
public sealed record Sidecar(string Proxy, int? InboundPort, int? OutboundPort);
