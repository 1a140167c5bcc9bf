namespace MeshSim.ProxyRuntime.Core;

/// <summary>The mirrors of one request: copies that go to other clusters as it goes on, and whose answers nobody waits for.</summary>
internal sealed class Mirrors(WorkerContext context)
{
    private readonly List<MirrorPolicy> chosen = [];
    private readonly List<(AsyncStream Stream, int Number)> running = [];

    public void Begin()
    {
        chosen.Clear();
        running.Clear();
    }

    /// <summary>Which policies take this request; each decides by the request's random number.</summary>
    public void Choose(RequestStream stream, RouteAction action)
    {
        if (action.MirrorPolicies.IsEmpty || stream.RequestHeaders.Get(HeaderName.Method).SequenceEqual("CONNECT"u8))
        {
            return;
        }

        foreach (var policy in action.MirrorPolicies)
        {
            if (policy.Fraction.Enabled(context.Runtime, stream.Random))
            {
                chosen.Add(policy);
            }
        }
    }

    /// <summary>Sends the copies, right after the first attempt was started.</summary>
    public void Start(RequestStream stream, long timeoutNs, bool endStream)
    {
        foreach (var policy in chosen)
        {
            var cluster = policy.ClusterHeader is { } header ? context.Names.Get(stream.RequestHeaders.Get(header)) : policy.Cluster;
            if (!context.Async.HasCluster(cluster))
            {
                continue;
            }

            var mirror = context.Async.New(
                Copy(stream, policy),
                new AsyncOptions(cluster, timeoutNs, WantsContent: false, AsyncRequests.PlainRoute),
                sendForwardedFor: true,
                body: default,
                callbacks: null
            );
            mirror.CopyBody(stream, stream.BodyKept);
            mirror.Start(endStream, complete: stream.RequestComplete && stream.RequestTrailers is null);
            if (!stream.RequestComplete)
            {
                running.Add((mirror, mirror.Id.Number));
            }
        }
    }

    /// <summary>Hands on body bytes that have just come.</summary>
    public void Data(long bytes, bool endStream)
    {
        foreach (var (mirror, number) in running)
        {
            if (mirror.Id.Number == number)
            {
                mirror.Data(bytes, endStream);
            }
        }

        if (endStream)
        {
            running.Clear();
        }
    }

    public void Trailers(HeaderMap trailers)
    {
        foreach (var (mirror, number) in running)
        {
            if (mirror.Id.Number == number)
            {
                var copy = context.Headers.Rent();
                copy.CopyFrom(trailers);
                mirror.Trailers(copy);
            }
        }

        running.Clear();
    }

    /// <summary>The request is over before it was complete: its copies can never be.</summary>
    public void Cancel()
    {
        foreach (var (mirror, number) in running)
        {
            if (mirror.Id.Number == number)
            {
                mirror.Cancel();
            }
        }

        running.Clear();
    }

    private HeaderMap Copy(RequestStream stream, MirrorPolicy policy)
    {
        var head = context.Headers.Rent();
        head.CopyFrom(stream.RequestHeaders);
        policy.RequestHeaders.Apply(head, stream.Info, context.Scratch);
        if (policy.HostRewriteLiteral.Length > 0)
        {
            head.Set(HeaderName.Authority, LocalReply.Text(policy.HostRewriteLiteral));
        }

        if (!policy.DisableShadowHostSuffix)
        {
            AddSuffix(head);
        }

        return head;
    }

    /// <summary><c>a.com:80</c> becomes <c>a.com-shadow:80</c>.</summary>
    private static void AddSuffix(HeaderMap head)
    {
        var host = head.Get(HeaderName.Authority);
        var colon = HostHeader.PortStart(host);
        var name = colon < 0 ? host : host[..colon];
        var suffix = "-shadow"u8;
        Span<byte> value = host.Length <= 512 ? stackalloc byte[host.Length + suffix.Length] : new byte[host.Length + suffix.Length];
        name.CopyTo(value);
        suffix.CopyTo(value[name.Length..]);
        host[name.Length..].CopyTo(value[(name.Length + suffix.Length)..]);
        head.Set(HeaderName.Authority, value);
    }
}
