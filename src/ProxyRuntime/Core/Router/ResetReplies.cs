namespace MeshSim.ProxyRuntime.Core;

/// <summary>The replies to attempts that were reset. Few kinds of them come in great numbers, so each is made once; bounded.</summary>
internal sealed class ResetReplies
{
    private const int Capacity = 256;
    private const string Prefix = "upstream connect error or disconnect/reset before headers. ";

    private readonly Dictionary<(ResetReason Reason, bool Retried, bool Started, string Failure), LocalReply> known = [];

    /// <param name="retried">It was not the first attempt.</param>
    /// <param name="started">The response had begun; it is broken off, and only flag and details count.</param>
    /// <param name="transportFailure">What the transport said; empty for nothing.</param>
    public LocalReply Get(ResetReason reason, bool retried, bool started, string transportFailure)
    {
        var key = (reason, retried, started, transportFailure);
        if (!known.TryGetValue(key, out var reply))
        {
            reply = Make(reason, retried, started, transportFailure);
            if (known.Count < Capacity)
            {
                known[key] = reply;
            }
        }

        return reply;
    }

    private static LocalReply Make(ResetReason reason, bool retried, bool started, string transportFailure)
    {
        var text = ResetReasons.Text(reason);
        var when = started ? "upstream_reset_after_response_started" : "upstream_reset_before_response_started";
        var failure = transportFailure.Length == 0 ? "" : $"|{transportFailure}";
        return new LocalReply(
            ResetReasons.Status(reason),
            LocalReply.Text(Prefix + (retried ? "retried and the latest reset reason: " : "reset reason: ") + text),
            ResetReasons.Flag(reason),
            $"{when}{{{text}{failure}}}".Replace(' ', '_')
        );
    }
}
