#pragma warning disable MA0025, CA1822, CA1065, IDE0060
using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The main machine of a proxy: cluster membership, DNS, listeners, drain. Same driver contract as <see cref="Worker"/>.</summary>
public sealed class ProxyMain
{
    /// <inheritdoc cref="Worker(ProxySnapshot, ProxyShared, RandomSource, long)"/>
    public ProxyMain(ProxySnapshot snapshot, ProxyShared shared, RandomSource random) => throw new NotImplementedException();

    public MonotonicTime? NextDeadline => throw new NotImplementedException();

    public IProxyMainView View => throw new NotImplementedException();

    /// <summary>Begins: static clusters are announced, names are resolved, listeners open once every cluster is ready.</summary>
    public void Start(MonotonicTime now, EffectBuffer effects) => throw new NotImplementedException();

    public void DnsResult(MonotonicTime now, DnsQuery query, DnsAnswer answer, EffectBuffer effects) => throw new NotImplementedException();

    /// <summary>Listeners close; the driver also calls <see cref="Worker.Drain"/> on every worker.</summary>
    public void Drain(MonotonicTime now, EffectBuffer effects) => throw new NotImplementedException();

    public void Advance(MonotonicTime now, EffectBuffer effects) => throw new NotImplementedException();
}

/// <summary>Read-only sight of the main machine.</summary>
public interface IProxyMainView
{
    StatSheet Stats { get; }

    ServerState State { get; }

    /// <summary>Every cluster with its hosts as they are now, in the order of configuration.</summary>
    ImmutableArray<ClusterMembership> Clusters { get; }
}

/// <summary>What <c>/ready</c> answers.</summary>
public enum ServerState : byte
{
    Live,
    Draining,
    PreInitializing,
    Initializing,
}
