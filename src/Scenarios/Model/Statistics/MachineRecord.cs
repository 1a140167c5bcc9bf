namespace MeshSim.Scenarios.Model;

/// <summary>What a run over real sockets says of the machine it ran on.</summary>
/// <param name="OutsideNs">What client, proxy and loopback add to a request through one proxy, nanoseconds; measured before the run, and taken off the latency that links are given.</param>
/// <param name="LateP50Ns">How much later than intended requests were sent, median, nanoseconds. Latency counts from the intended moment.</param>
/// <param name="LateP99Ns">The same, 99th percentile.</param>
/// <param name="LateMaxNs">The same, the worst.</param>
public sealed record MachineRecord(long OutsideNs, long LateP50Ns, long LateP99Ns, long LateMaxNs);
