using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>What a message takes from one entity to another: by their pods and zones.</summary>
internal sealed class LinkTable
{
    /// <summary>After so long a message is not sent again: 100 days.</summary>
    private const long LongestNs = 100 * 86_400 * MonotonicTime.NanosecondsPerSecond;

    private readonly World world;
    private readonly LinkModel usual;
    private readonly long loopbackNs;
    private readonly Dictionary<(string From, string To), LinkModel> byZones = [];
    private readonly NetworkFault[] faults;
    private readonly Dictionary<long, NetworkFault[]> concerned = [];

    public LinkTable(World world)
    {
        this.world = world;
        var network = world.Scenario.Network;
        usual = network.Usual;
        loopbackNs = network.LoopbackNs;
        foreach (var (one, other, link) in network.ZoneLinks)
        {
            _ = byZones.TryAdd((one, other), link);
            _ = byZones.TryAdd((other, one), link);
        }

        faults = [.. world.Faults.OfType<NetworkFault>()];
        CountsBytes = byZones.Values.Append(usual).Any(static link => !double.IsPositiveInfinity(link.BytesPerSecond));
    }

    /// <summary>Some link takes longer for more bytes.</summary>
    public bool CountsBytes { get; }

    public long DelayNs(long nowNs, int from, int to, int bytes, RandomStream random)
    {
        var (source, target) = (world.PodOf(from), world.PodOf(to));
        if (source == target)
        {
            return loopbackNs;
        }

        var link = Between(source.Zone, target.Zone);
        return faults.Length == 0 ? link.SampleNs(random, bytes) : Disturbed(nowNs, link, Concerning(source, target), bytes, random);
    }

    private static long Disturbed(long nowNs, LinkModel link, NetworkFault[] concerning, int bytes, RandomStream random)
    {
        var (added, passing) = (0L, 1.0);
        foreach (var fault in concerning)
        {
            if (fault.ActsAt(nowNs))
            {
                added += (fault as LatencyFault)?.Added.SampleNs(random) ?? 0;
                passing *= 1 - ((fault as LossFault)?.Share ?? 0);
            }
        }

        return CutNs(nowNs, concerning) + added + link.SampleNs(random, bytes, 1 - passing);
    }

    /// <summary>How long a message is sent again and again until it passes.</summary>
    private static long CutNs(long nowNs, NetworkFault[] concerning)
    {
        var waited = 0L;
        var wait = LinkModel.RetransmitNs;
        while (Array.Exists(concerning, fault => fault is PartitionFault && fault.ActsAt(nowNs + waited)))
        {
            waited += wait;
            wait *= 2;
            if (waited > LongestNs)
            {
                return LongestNs;
            }
        }

        return waited;
    }

    /// <summary>The faults of the links between two pods.</summary>
    private NetworkFault[] Concerning(Pod source, Pod target)
    {
        var key = ((long)source.Number << 32) | (uint)target.Number;
        if (!concerned.TryGetValue(key, out var found))
        {
            concerned[key] = found = [.. faults.Where(fault => fault.Scope.Concerns(source.Names, target.Names))];
        }

        return found;
    }

    private LinkModel Between(string? from, string? to) =>
        from is not null && to is not null && byZones.Count > 0 && byZones.TryGetValue((from, to), out var link) ? link : usual;
}
