namespace MeshSim.ProxyRuntime.Core;

/// <summary>The hosts that a request brings along, taken one after the other. Reused.</summary>
internal sealed class WantedHosts
{
    private readonly ByteBuffer text = new();
    private int next;

    /// <summary>The request was looked at.</summary>
    public bool AreKnown { get; set; }

    public void Clear()
    {
        text.Clear();
        next = 0;
        AreKnown = false;
    }

    /// <summary>Adds addresses with commas between them.</summary>
    public void Add(ReadOnlySpan<byte> addresses)
    {
        text.Append(addresses);
        text.Append((byte)',');
    }

    public bool TryTake(out ReadOnlySpan<byte> address)
    {
        while (next < text.Length)
        {
            var rest = text.Span[next..];
            var end = rest.IndexOf((byte)',');
            next += end + 1;
            address = rest[..end].Trim(" \t\r\n\v\f"u8);
            if (!address.IsEmpty)
            {
                return true;
            }
        }

        address = default;
        return false;
    }
}
