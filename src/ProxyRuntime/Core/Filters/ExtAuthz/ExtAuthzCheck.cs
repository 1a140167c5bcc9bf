namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the service is asked about. Reused; what is written for it stays until the answer has come, as it may be sent again.</summary>
internal sealed class ExtAuthzCheck(WorkerContext context, ExtAuthzSettings settings, NamePatterns? allowedHeaders)
{
    private readonly ByteBuffer name = new();

    public WorkerContext Context => context;

    public ExtAuthzSettings Settings => settings;

    public ActiveStream Stream { get; private set; } = null!;

    /// <summary>The name of the filter, by which routes know it.</summary>
    public string FilterName { get; private set; } = "";

    /// <summary>How many bytes of the body the service sees, from the first on; null: the body is not looked at.</summary>
    public long? BodyBytes { get; private set; }

    /// <summary>The service sees only a part of the body.</summary>
    public bool IsPartial { get; private set; }

    /// <summary>The message to the service.</summary>
    public ProtoWriter Message { get; } = new();

    /// <param name="maxRequestBytes">0: the body is not looked at.</param>
    /// <param name="bodyBytes">How much of the body is kept; null for nothing, not even an empty one.</param>
    public void Begin(ActiveStream stream, string filterName, long maxRequestBytes, long? bodyBytes)
    {
        Stream = stream;
        FilterName = filterName;
        BodyBytes = maxRequestBytes > 0 && bodyBytes is { } kept ? Math.Min(kept, maxRequestBytes) : null;
        IsPartial = BodyBytes < bodyBytes;
        Message.Clear();
    }

    /// <summary>Whether the service sees a header. Gives its name in lower case, valid until the next call.</summary>
    public bool IsSeen(HeaderField field, out ReadOnlySpan<byte> lowerName)
    {
        name.Clear();
        name.Append(field.Name);
        _ = System.Text.Ascii.ToLowerInPlace(name.Written, out _);
        lowerName = name.Span;
        return !lowerName.SequenceEqual(HeaderName.XEnvoyAuthPartialBody.Bytes)
            && !settings.DisallowedHeaders.Matches(lowerName)
            && allowedHeaders?.Matches(lowerName) != false;
    }
}
