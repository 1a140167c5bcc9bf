namespace MeshSim.ProxyRuntime.Core;

/// <summary>The mirrors of one request: copies that go to other clusters as it goes on, and whose answers nobody waits for.</summary>
internal sealed class Mirrors(WorkerContext context)
{
    private readonly List<AsyncStream> prepared = [];
    private readonly List<(AsyncStream Stream, int Number)> running = [];

    public void Begin()
    {
        prepared.Clear();
        running.Clear();
    }

    /// <summary>
    /// Copies the request for each policy that takes it, as it is before the first attempt changes it or lets go of its body. Each decides
    /// by the request's random number.
    /// </summary>
    public void Prepare(RequestStream stream, RouteAction action, long timeoutNs)
    {
        if (action.MirrorPolicies.IsEmpty || stream.RequestHeaders.Get(HeaderName.Method).SequenceEqual("CONNECT"u8))
        {
            return;
        }

        foreach (var policy in action.MirrorPolicies)
        {
            var cluster = policy.ClusterHeader is { } header ? context.Names.Get(stream.RequestHeaders.Get(header)) : policy.Cluster;
            if (!policy.Fraction.Enabled(context.Runtime, stream.Random) || !context.Async.HasCluster(cluster))
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
            prepared.Add(mirror);
        }
    }

    /// <summary>Sends the copies, right after the first attempt was started.</summary>
    public void Start(RequestStream stream, bool endStream)
    {
        foreach (var mirror in prepared)
        {
            var complete = stream.RequestComplete && stream.RequestTrailers is null;
            mirror.Start(endStream, complete);
            if (!complete)
            {
                running.Add((mirror, mirror.Id.Number));
            }
        }

        prepared.Clear();
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
