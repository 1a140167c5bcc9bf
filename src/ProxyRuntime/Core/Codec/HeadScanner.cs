namespace MeshSim.ProxyRuntime.Core;

/// <summary>Finds the empty line that ends a block of header lines, remembering how far it has looked.</summary>
internal struct HeadScanner
{
    private int scanned;

    /// <summary>Length of the block including its empty line; −1 if it is not all there. Lines end in CRLF or bare LF.</summary>
    public int Find(ReadOnlySpan<byte> bytes)
    {
        var at = Math.Max(0, scanned - 3);
        while (true)
        {
            var lf = bytes[at..].IndexOf((byte)'\n');
            if (lf < 0)
            {
                scanned = bytes.Length;
                return -1;
            }

            at += lf + 1;
            if (at < bytes.Length && bytes[at] == (byte)'\n')
            {
                scanned = 0;
                return at + 1;
            }

            if (at + 1 < bytes.Length && bytes[at] == (byte)'\r' && bytes[at + 1] == (byte)'\n')
            {
                scanned = 0;
                return at + 2;
            }

            if (at >= bytes.Length - 1)
            {
                scanned = at;
                return -1;
            }
        }
    }
}
