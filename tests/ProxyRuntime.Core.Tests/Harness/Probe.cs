namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>A filter that writes down what it sees, under a label, and otherwise does what it is told.</summary>
internal sealed record Probe(string Label, List<string> Seen) : ICustomFilterSettings
{
    public Func<ProbeFilter, HeaderMap, FilterStatus>? OnHeaders { get; init; }

    public Func<ProbeFilter, bool, FilterStatus>? OnData { get; init; }

    public Func<ProbeFilter, FilterStatus>? OnTrailers { get; init; }

    public Action<ProbeFilter, HeaderMap>? OnAnswer { get; init; }

    public Func<ProbeFilter, FilterStatus>? OnAnswerData { get; init; }

    public Func<ProbeFilter, FilterStatus>? OnAnswerTrailers { get; init; }

    HttpFilter ICustomFilterSettings.Create() => throw new NotSupportedException();

    HttpFilter ICustomFilterSettings.CreateFor(WorkerContext context) => new ProbeFilter(this, context);
}

/// <summary>What a route says to a <see cref="Probe"/>.</summary>
internal sealed record ProbeRoute(string Text) : IRouteFilterSettings;

internal sealed class ProbeFilter(Probe settings, WorkerContext context) : HttpFilter
{
    public WorkerContext Context => context;

    public ActiveStream Stream { get; private set; } = null!;

    public override void Begin(ActiveStream stream) => Stream = stream;

    public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
    {
        Note($"headers{End(endStream)}");
        return settings.OnHeaders?.Invoke(this, head) ?? FilterStatus.Continue;
    }

    public override FilterStatus DecodeData(long bytes, bool endStream)
    {
        Note($"data {bytes}{End(endStream)}");
        return settings.OnData?.Invoke(this, endStream) ?? FilterStatus.Continue;
    }

    public override FilterStatus DecodeTrailers(HeaderMap trailers)
    {
        Note("trailers");
        return settings.OnTrailers?.Invoke(this) ?? FilterStatus.Continue;
    }

    public override void EncodeHeaders(HeaderMap head, bool endStream)
    {
        Note($"answer {head.StatusCode()}{End(endStream)}");
        settings.OnAnswer?.Invoke(this, head);
    }

    public override FilterStatus EncodeData(long bytes, bool endStream)
    {
        Note($"answer data {bytes}{End(endStream)}");
        return settings.OnAnswerData?.Invoke(this) ?? FilterStatus.Continue;
    }

    public override FilterStatus EncodeTrailers(HeaderMap trailers)
    {
        Note("answer trailers");
        return settings.OnAnswerTrailers?.Invoke(this) ?? FilterStatus.Continue;
    }

    public override void OnDestroy() => Note("gone");

    private static string End(bool endStream) => endStream ? " end" : "";

    private void Note(string what) => settings.Seen.Add($"{settings.Label}: {what}");
}
