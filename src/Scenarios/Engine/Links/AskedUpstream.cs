using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// A connection to a service whose answers depend on what it is asked: head and body go over the network whole, once the body has ended.
/// </summary>
internal sealed class AskedUpstream(SimWorker worker, int endpoint, UpstreamConnectionId id, bool multiplexed)
    : ServiceUpstream(worker, endpoint, id, multiplexed)
{
    private readonly Dictionary<AttemptId, Question> open = [];
    private AttemptId last;

    public override void Start(in Effect effect)
    {
        var head = new HeaderMap();
        head.CopyFrom(effect.Head!);
        var question = new Question(CallOf(effect).Code, head);
        if (effect.EndStream)
        {
            Send(effect.Attempt, question);
            return;
        }

        last = effect.Attempt;
        open[effect.Attempt] = question;
    }

    public override void Cancel(AttemptId attempt)
    {
        if (!open.Remove(attempt))
        {
            base.Cancel(attempt);
        }
    }

    /// <summary>The proxy's own questions come whole, one after the other: the body is of the one begun last.</summary>
    public override void Data(ReadOnlySpan<byte> content, bool endStream)
    {
        if (!open.TryGetValue(last, out var question))
        {
            return;
        }

        question.Body.Append(content);
        if (endStream)
        {
            _ = open.Remove(last);
            Send(last, question);
        }
    }

    public override void Trailers(HeaderMap trailers) => Data(default, endStream: true);

    private void Send(AttemptId attempt, Question question) =>
        SendInOrder(EventKind.Asked, Worker.Put(QuestionBytes.Write(question.Call, question.Head, question.Body.Span)), attempt.Value, 0);

    private sealed record Question(long Call, HeaderMap Head)
    {
        public ByteBuffer Body { get; } = new();
    }
}
