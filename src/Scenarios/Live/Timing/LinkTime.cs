using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Live;

/// <summary>
/// The time that a request and its answer spend on one link of the scenario. The machine itself takes some of it: that is taken off, first
/// on the way there, what is left on the way back.
/// </summary>
/// <param name="network">The scenario's links.</param>
/// <param name="machineNs">What loopback, sockets and timers take for the way there and back, nanoseconds.</param>
internal sealed class LinkTime(NetworkModel network, long machineNs, RandomStream random)
{
    /// <summary>One way, with nothing taken off.</summary>
    public long WholeNs() => network.SampleNs(random);

    /// <summary>The way there.</summary>
    /// <param name="debtNs">What the machine takes beyond it, for <see cref="BackNs"/>.</param>
    public long ThereNs(out long debtNs)
    {
        var drawn = WholeNs() - machineNs;
        debtNs = Math.Max(0, -drawn);
        return Math.Max(0, drawn);
    }

    /// <summary>The way back.</summary>
    public long BackNs(long debtNs) => Math.Max(0, WholeNs() - debtNs);
}
