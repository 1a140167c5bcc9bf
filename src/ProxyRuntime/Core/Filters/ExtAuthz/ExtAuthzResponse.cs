namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the service has decided.</summary>
internal enum ExtAuthzVerdict : byte
{
    Ok,
    Denied,

    /// <summary>It has not answered, or not so that one could understand it.</summary>
    Error,
}

/// <summary>What the service wants changed.</summary>
internal enum ExtAuthzEdit : byte
{
    /// <summary>A header of the request, in place of those of its name; of a denial, a header of the answer.</summary>
    Set,

    /// <summary>Another line of a header of the request.</summary>
    Add,

    /// <summary>Joined to a header of the request, if there is one.</summary>
    Append,

    /// <summary>A header of the request goes.</summary>
    Remove,

    ResponseAdd,
    ResponseSet,
    ResponseAddIfAbsent,
    ResponseOverwriteIfExists,

    /// <summary>A query parameter, in place of those of its name.</summary>
    QuerySet,

    /// <summary>A query parameter goes.</summary>
    QueryRemove,
}

/// <summary>The answer of the service as the filter understands it. Reused.</summary>
internal sealed class ExtAuthzResponse
{
    private readonly ByteBuffer bytes = new();
    private readonly List<(ExtAuthzEdit Kind, int Start, int NameLength, int ValueLength)> edits = [];
    private (int Start, int Length) body;

    public ExtAuthzVerdict Verdict { get; set; }

    /// <summary>The status of a denial.</summary>
    public int Status { get; set; }

    /// <summary>The body of a denial, valid until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Body => bytes.Memory.Slice(body.Start, body.Length);

    /// <summary>Metadata to note; null for none.</summary>
    public MetadataValue? Metadata { get; set; }

    /// <summary>An append_action was none that is known.</summary>
    public bool HasUnknownAction { get; set; }

    public int Count => edits.Count;

    public ExtAuthzEditLine this[int index]
    {
        get
        {
            var (kind, start, nameLength, valueLength) = edits[index];
            return new ExtAuthzEditLine(kind, bytes.Span.Slice(start, nameLength), bytes.Span.Slice(start + nameLength, valueLength));
        }
    }

    public void Clear()
    {
        bytes.Clear();
        edits.Clear();
        body = default;
        Verdict = ExtAuthzVerdict.Error;
        Status = 403;
        Metadata = null;
        HasUnknownAction = false;
    }

    /// <summary>Names of headers are kept in lower case.</summary>
    public void Add(ExtAuthzEdit kind, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        edits.Add((kind, bytes.Length, name.Length, value.Length));
        bytes.Append(name);
        if (kind is not (ExtAuthzEdit.QuerySet or ExtAuthzEdit.QueryRemove))
        {
            var kept = bytes.Written[^name.Length..];
            _ = System.Text.Ascii.ToLowerInPlace(kept, out _);
        }

        bytes.Append(value);
    }

    /// <summary>Whether there is an edit of that kind.</summary>
    public bool Has(ExtAuthzEdit kind)
    {
        foreach (var edit in edits)
        {
            if (edit.Kind == kind)
            {
                return true;
            }
        }

        return false;
    }

    public void SetBody(ReadOnlySpan<byte> text)
    {
        body = (bytes.Length, text.Length);
        bytes.Append(text);
    }

    /// <summary>Cuts the body to so many bytes.</summary>
    public void TruncateBody(int length) => body.Length = Math.Min(body.Length, length);
}

/// <summary>One edit, valid until the answer changes.</summary>
internal readonly ref struct ExtAuthzEditLine(ExtAuthzEdit kind, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
{
    public ExtAuthzEdit Kind { get; } = kind;

    public ReadOnlySpan<byte> Name { get; } = name;

    public ReadOnlySpan<byte> Value { get; } = value;
}
