using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// The balancer of ORIGINAL_DST clusters: a request goes where its metadata or a header say; without them to no host, as no driver knows where
/// a connection was going before it was redirected. A host that nobody has used yet is made on the spot, and the main machine is told.
/// </summary>
internal sealed class OriginalDstBalancer(WorkerContext context, ClusterState cluster) : ClusterBalancer
{
    private readonly OriginalDstSnapshot settings = cluster.Snapshot.OriginalDst;
    private readonly OriginalDstHosts shared = context.Shared.OriginalDst(cluster.Snapshot.Name);
    private readonly ByteBuffer text = new();
    private readonly HashSet<HostState> told = [];
    private HostState[] hosts = [];
    private HostMap known = new([]);

    public override void Update(HostSet[] sets, BalancerTables? made)
    {
        var now = sets.SelectMany(static set => set.All).ToArray();
        foreach (var gone in hosts.Except(now))
        {
            shared.Forget(gone);
        }

        hosts = now;
        known = new HostMap(now);
        told.ExceptWith(now);
    }

    public override HostState? ChooseHost(LoadBalancerContext choice)
    {
        if (choice.Request is not { } request)
        {
            return null;
        }

        var host = OfMetadata(request) ?? OfHeader(request);
        host?.MarkUsed();
        return host;
    }

    /// <summary>Who gets requests is for the requests to say.</summary>
    public override void AddShares(LoadBalancerContext choice, BalanceShares shares) => shares.AddNone(1);

    private HostState? OfMetadata(IBalancedRequest request)
    {
        if (settings.MetadataKey.Length == 0 || request.Metadata.Get(settings.MetadataKey)?.At(settings.MetadataPath.AsSpan()) is not { } value)
        {
            return null;
        }

        value = value.Kind == MetadataKind.List && value.Items.Length > 0 ? value.Items[0] : value;
        return value.Kind == MetadataKind.Text ? Host(Encoding.UTF8.GetBytes(value.Text)) : null;
    }

    private HostState? OfHeader(IBalancedRequest request) => settings.Header is { } name && request.Headers.TryGet(name, out var value) ? Host(value) : null;

    private HostState? Host(ReadOnlySpan<byte> address)
    {
        text.Clear();
        text.Append(address);
        if (settings.PortOverride is { } port && address.LastIndexOf((byte)':') is >= 0 and var colon)
        {
            text.Truncate(colon + 1);
            text.AppendNumber(port);
        }

        if (known.Find(text.Span) is { } host)
        {
            return host;
        }

        if (InternetAddress.Parse(address) is not { } parsed)
        {
            cluster.Stats.OriginalDstHostInvalid.Increment();
            return null;
        }

        return Make(settings.PortOverride is { } other ? new NetworkAddress(parsed.Ip, other) : parsed);
    }

    private HostState Make(NetworkAddress address)
    {
        if (known.Find(address.TextBytes) is { } host)
        {
            return host;
        }

        host = shared.GetOrAdd(address);
        if (told.Add(host))
        {
            ref var effect = ref context.Effects.Add(EffectKind.HostCreated);
            effect.Subject = host;
            effect.Cluster = cluster.Snapshot;
        }

        return host;
    }
}
