using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>The network: what every link takes, and what is different between some zones.</summary>
/// <param name="LatencyFloorNs">latency_floor, above 0. Default 50 µs.</param>
/// <param name="LatencyMeanNs">latency_mean: mean of the random part. Default 0.</param>
public sealed record NetworkModel(long LatencyFloorNs, long LatencyMeanNs)
{
    /// <summary>Share of the messages that is lost and sent again, 0 to below 1. Default 0.</summary>
    public double Loss { get; init; }

    /// <summary>Bytes a second of one message; infinite for no limit. Default infinite.</summary>
    public double BytesPerSecond { get; init; } = double.PositiveInfinity;

    /// <summary>One way between the proxy and the application of a pod. Default 10 µs.</summary>
    public long LoopbackNs { get; init; } = 10_000;

    /// <summary>What is different between two zones, or within one.</summary>
    public ImmutableArray<ZoneLink> ZoneLinks { get; init; } = [];

    /// <summary>A link of which nothing else is said.</summary>
    public LinkModel Usual => new(LatencyFloorNs, LatencyMeanNs, Loss, BytesPerSecond);

    /// <summary>No message between pods takes less: partitions may run so far apart.</summary>
    public long SmallestFloorNs => ZoneLinks.Select(static link => link.Link.FloorNs).Append(LatencyFloorNs).Min();

    /// <summary>One way over a usual link, nanoseconds.</summary>
    public long SampleNs(RandomStream random) => LatencyMeanNs == 0 ? LatencyFloorNs : LatencyFloorNs + Samplers.ExponentialNs(random, LatencyMeanNs);

    /// <summary>The link between two zones; null stands for no zone.</summary>
    public LinkModel Between(string? one, string? other) =>
        ZoneLinks.FirstOrDefault(link => (link.One == one && link.Other == other) || (link.One == other && link.Other == one))?.Link ?? Usual;
}

/// <summary>The link between two zones, or within one.</summary>
public sealed record ZoneLink(string One, string Other, LinkModel Link);

/// <summary>One kind of link.</summary>
/// <param name="FloorNs">The least one way takes.</param>
/// <param name="MeanNs">Mean of an exponential part on top.</param>
/// <param name="Loss">Share of the messages that is lost and sent again.</param>
/// <param name="BytesPerSecond">How fast the bytes of a message follow each other.</param>
public sealed record LinkModel(long FloorNs, long MeanNs, double Loss, double BytesPerSecond)
{
    /// <summary>The first time without an acknowledgement; it doubles each time, as in TCP.</summary>
    public const long RetransmitNs = 200_000_000;

    private const int MostRetransmits = 10;

    /// <summary>One way, with all that is lost and sent again.</summary>
    /// <param name="loss">More of the messages that is lost, 0 to 1.</param>
    public long SampleNs(RandomStream random, int bytes, double loss = 0)
    {
        var delay = MeanNs == 0 ? FloorNs : FloorNs + Samplers.ExponentialNs(random, MeanNs);
        if (bytes > 0 && !double.IsPositiveInfinity(BytesPerSecond))
        {
            delay += (long)(bytes / BytesPerSecond * 1e9);
        }

        var lost = 1 - ((1 - Loss) * (1 - loss));
        var wait = RetransmitNs;
        for (var i = 0; lost > 0 && i < MostRetransmits && random.NextDouble() < lost; i++)
        {
            delay += wait;
            wait *= 2;
        }

        return delay;
    }
}
