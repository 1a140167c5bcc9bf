namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.http.stateful_session: a client goes to the host it had before, and is told when it has another.</summary>
internal sealed class StatefulSessionFilter(WorkerContext context, StatefulSessionScope scope) : HttpFilter
{
    private readonly ByteBuffer address = new();
    private ActiveStream stream = null!;
    private StatefulSession? session;
    private bool covered;

    public override void Begin(ActiveStream owner)
    {
        stream = owner;
        session = null;
        covered = false;
        address.Clear();
    }

    public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
    {
        session = scope.For(stream.Selection.FilterSettings(Name));
        if (session?.State is not { } state || !state.Covers(head))
        {
            return FilterStatus.Continue;
        }

        covered = true;
        state.Read(head, context.Now, address);
        if (address.Length > 0)
        {
            stream.OverrideHost.Set(address.Span, session.Strict);
        }

        return FilterStatus.Continue;
    }

    public override void EncodeHeaders(HeaderMap head, bool endStream)
    {
        if (session is null)
        {
            return;
        }

        var host = stream.Info.UpstreamHost;
        if (!covered)
        {
            session.Stats?.CountWithout(host);
        }
        else if (host is null)
        {
            session.Stats?.CountFailed(session.Strict && stream.Info.Flags.Has(ResponseFlag.NoHealthyUpstream));
        }
        else if (host.Address.TextBytes.SequenceEqual(address.Span))
        {
            session.Stats?.Routed.Increment();
        }
        else
        {
            session.State!.Write(head, host.Address.TextBytes, context.Now, context.Scratch);
            session.Stats?.CountOther(session.Strict);
        }
    }
}
