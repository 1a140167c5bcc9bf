namespace MeshSim.ProxyRuntime.Core;

/// <summary>What came of making a path uniform.</summary>
internal enum NormalizePathAction : byte
{
    Continue,

    /// <summary>400.</summary>
    Reject,

    /// <summary>307 to the uniform path.</summary>
    Redirect,
}

/// <summary>Makes the path of a request uniform before routing: escaped slashes, dot segments and percent-encoding, runs of slashes. The query stays.</summary>
internal static class PathNormalizer
{
    public static NormalizePathAction Apply(HeaderMap request, PathHandling settings, ByteBuffer scratch)
    {
        if (request.Get(HeaderName.Path).Contains((byte)'#'))
        {
            return NormalizePathAction.Reject;
        }

        var action = NormalizePathAction.Continue;
        if (settings.EscapedSlashes != EscapedSlashesAction.KeepUnchanged && UnescapeSlashes(request, scratch))
        {
            if (settings.EscapedSlashes == EscapedSlashesAction.RejectRequest)
            {
                return NormalizePathAction.Reject;
            }

            action = settings.EscapedSlashes == EscapedSlashesAction.UnescapeAndRedirect ? NormalizePathAction.Redirect : action;
        }

        if (settings.Normalize && !Canonicalize(request, scratch))
        {
            return NormalizePathAction.Reject;
        }

        if (settings.MergeSlashes)
        {
            MergeSlashes(request, scratch);
        }

        return action;
    }

    /// <summary>%2F and %5C in either case become / and \. Returns whether there were any.</summary>
    private static bool UnescapeSlashes(HeaderMap request, ByteBuffer scratch)
    {
        var target = request.Get(HeaderName.Path);
        var path = BeforeQuery(target);
        scratch.Clear();
        var found = false;
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == (byte)'%' && i + 2 < path.Length && Unescaped(path[i + 1], path[i + 2]) is (byte)'/' or (byte)'\\')
            {
                scratch.Append((byte)Unescaped(path[i + 1], path[i + 2]));
                found = true;
                i += 2;
            }
            else
            {
                scratch.Append(path[i]);
            }
        }

        if (found)
        {
            scratch.Append(target[path.Length..]);
            request.Set(HeaderName.Path, scratch.Span);
        }

        return found;
    }

    /// <summary>RFC 3986 as browsers do it: false for a path with an escaped NUL.</summary>
    private static bool Canonicalize(HeaderMap request, ByteBuffer scratch)
    {
        var target = request.Get(HeaderName.Path);
        var path = BeforeQuery(target);
        scratch.Clear();
        for (var i = 0; i < path.Length; )
        {
            if (IsSlash(path[i]))
            {
                i = AfterSlash(path, i + 1, scratch);
                continue;
            }

            if (!AppendByte(path, ref i, scratch))
            {
                return false;
            }
        }

        scratch.Append(target[path.Length..]);
        request.Set(HeaderName.Path, scratch.Span);
        return true;
    }

    /// <summary>Behind a slash stands a segment; <c>.</c> and <c>..</c> are resolved. Returns where reading goes on.</summary>
    private static int AfterSlash(ReadOnlySpan<byte> path, int at, ByteBuffer scratch)
    {
        var afterDot = DotEnd(path, at);
        if (afterDot < 0)
        {
            scratch.Append((byte)'/');
            return at;
        }

        var afterDots = DotEnd(path, afterDot);
        if (afterDots >= 0 && IsSegmentEnd(path, afterDots))
        {
            // Up one level; at the root there is nothing above.
            var cut = scratch.Span.LastIndexOf((byte)'/');
            scratch.Truncate(Math.Max(cut, 0));
            return EndOfDots(path, afterDots, scratch);
        }

        if (IsSegmentEnd(path, afterDot))
        {
            return EndOfDots(path, afterDot, scratch);
        }

        scratch.Append((byte)'/');
        return at;
    }

    /// <summary>A dot segment that ends the path leaves its slash behind; otherwise the slash after it is read next.</summary>
    private static int EndOfDots(ReadOnlySpan<byte> path, int at, ByteBuffer scratch)
    {
        if (at >= path.Length)
        {
            scratch.Append((byte)'/');
        }

        return at;
    }

    private static bool AppendByte(ReadOnlySpan<byte> path, ref int i, ByteBuffer scratch)
    {
        var b = path[i];
        if (b == (byte)'%' && i + 2 < path.Length && Unescaped(path[i + 1], path[i + 2]) is var value and >= 0)
        {
            if (value == 0)
            {
                return false;
            }

            if (IsUnreserved((byte)value))
            {
                scratch.Append((byte)value);
            }
            else
            {
                scratch.Append(path.Slice(i, 3));
            }

            i += 3;
            return true;
        }

        if (MustEscape(b))
        {
            scratch.Append((byte)'%');
            scratch.Append("0123456789ABCDEF"u8[b >> 4]);
            scratch.Append("0123456789ABCDEF"u8[b & 15]);
        }
        else
        {
            scratch.Append(b);
        }

        i++;
        return true;
    }

    private static void MergeSlashes(HeaderMap request, ByteBuffer scratch)
    {
        var target = request.Get(HeaderName.Path);
        var path = BeforeQuery(target);
        if (path.IndexOf("//"u8) < 0)
        {
            return;
        }

        scratch.Clear();
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] != (byte)'/' || i == 0 || path[i - 1] != (byte)'/')
            {
                scratch.Append(path[i]);
            }
        }

        scratch.Append(target[path.Length..]);
        request.Set(HeaderName.Path, scratch.Span);
    }

    private static ReadOnlySpan<byte> BeforeQuery(ReadOnlySpan<byte> target)
    {
        var query = target.IndexOf((byte)'?');
        return query < 0 ? target : target[..query];
    }

    private static bool IsSlash(byte b) => b is (byte)'/' or (byte)'\\';

    /// <summary>Where a dot, plain or escaped, ends; −1 if there is none.</summary>
    private static int DotEnd(ReadOnlySpan<byte> path, int at)
    {
        if (at < path.Length && path[at] == (byte)'.')
        {
            return at + 1;
        }

        return at + 2 < path.Length && path[at] == (byte)'%' && Unescaped(path[at + 1], path[at + 2]) == '.' ? at + 3 : -1;
    }

    private static bool IsSegmentEnd(ReadOnlySpan<byte> path, int at) => at >= path.Length || IsSlash(path[at]);

    private static bool IsUnreserved(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~';

    private static bool MustEscape(byte b) => b is <= (byte)' ' or >= 0x7f || "\"#<>?`{}"u8.Contains(b);

    private static int Unescaped(byte high, byte low) => Digit(high) is var h and >= 0 && Digit(low) is var l and >= 0 ? (h << 4) | l : -1;

    private static int Digit(byte b) =>
        b switch
        {
            >= (byte)'0' and <= (byte)'9' => b - '0',
            >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
            _ => -1,
        };
}

/// <summary>The address of a redirect to a path made uniform: the path alone.</summary>
internal sealed class PathRedirect(HeaderMap request) : IResponseModifier
{
    public void ModifyLocalReply(HeaderMap response) => response.Add(HeaderName.Location, request.Get(HeaderName.Path));
}
