namespace MeshSim.ProxyRuntime.Core;

/// <summary>auto_sni and auto_san_validation of a cluster: what the host of a request demands of its connection.</summary>
internal sealed class AutoSni(ClusterSnapshot cluster)
{
    private const int Capacity = 1024;

    private readonly bool isOn = (cluster.AutoSni || cluster.AutoSanValidation) && cluster.HasTls;
    private readonly NameCache names = new();
    private readonly Dictionary<string, UpstreamTransportOptions> known = new(StringComparer.Ordinal);

    /// <summary>Null for nothing. The same host gives the same object, unless there are very many.</summary>
    public UpstreamTransportOptions? Of(HeaderMap head)
    {
        if (!isOn)
        {
            return null;
        }

        var authority = cluster.AutoSniHeader is { } other && head.TryGet(other, out var given) && !given.IsEmpty ? given : head.Get(HeaderName.Authority);
        var host = HostHeader.WithoutPort(authority);
        if (host.IsEmpty)
        {
            return null;
        }

        var name = names.Get(host);
        if (!known.TryGetValue(name, out var options))
        {
            // An address is no server name, but a certificate may have it.
            var isAddress = !new NetworkAddress(name, 0).Bytes.IsEmpty;
            options = new UpstreamTransportOptions(cluster.AutoSni && !isAddress ? name : "", cluster.AutoSanValidation ? name : "");
            if (known.Count < Capacity)
            {
                known[name] = options;
            }
        }

        return options;
    }
}
