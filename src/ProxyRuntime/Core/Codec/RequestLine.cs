using System.Buffers;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The first line of a request taken apart at its blanks; the parts are slices of it.</summary>
internal readonly ref struct RequestLine
{
    private static readonly SearchValues<byte> TargetBytes = SearchValues.Create([.. Enumerable.Range(0x21, 0x7e - 0x20).Select(static b => (byte)b)]);

    private static readonly SearchValues<byte> SchemeBytes = SearchValues.Create("+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private RequestLine(ReadOnlySpan<byte> method, ReadOnlySpan<byte> target, ReadOnlySpan<byte> version)
    {
        Method = method;
        Target = target;
        Version = version;
    }

    public ReadOnlySpan<byte> Method { get; }

    public ReadOnlySpan<byte> Target { get; }

    /// <summary><c>HTTP/1.1</c>, for example; empty for HTTP/0.9.</summary>
    public ReadOnlySpan<byte> Version { get; }

    public bool IsConnect => Method.SequenceEqual("CONNECT"u8);

    /// <summary>Anything but 1.1 counts as 1.0.</summary>
    public bool IsHttp11 => Version.SequenceEqual("HTTP/1.1"u8);

    /// <summary>Returns false if the line is none of a request, whatever its headers say.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, bool anyMethod, out RequestLine line)
    {
        var rest = text;
        var method = TakeWord(ref rest);
        var target = TakeWord(ref rest);
        line = new RequestLine(method, target, TrimBlanks(rest));
        return (anyMethod ? HeaderLines.IsToken(method) : HttpMethods.IsKnown(method))
            && IsTarget(target, line.IsConnect)
            && (line.Version.IsEmpty || IsVersion(line.Version));
    }

    /// <summary><c>HTTP/</c> and two digits with a dot between them.</summary>
    public static bool IsVersion(ReadOnlySpan<byte> version) =>
        version.Length == 8
        && version.StartsWith("HTTP/"u8)
        && char.IsAsciiDigit((char)version[5])
        && version[6] == (byte)'.'
        && char.IsAsciiDigit((char)version[7]);

    /// <summary>A path, <c>*</c>, or something with a scheme; for CONNECT host and port.</summary>
    private static bool IsTarget(ReadOnlySpan<byte> target, bool isConnect)
    {
        if (target.IsEmpty || target.ContainsAnyExcept(TargetBytes))
        {
            return false;
        }

        if (target[0] is (byte)'/' or (byte)'*')
        {
            return true;
        }

        if (!isConnect)
        {
            var colon = target.IndexOf("://"u8);
            if (colon <= 0 || !char.IsAsciiLetter((char)target[0]) || target[..colon].ContainsAnyExcept(SchemeBytes))
            {
                return false;
            }

            target = target[(colon + 3)..];
        }

        var end = target.IndexOfAny((byte)'/', (byte)'?');
        var host = end < 0 ? target : target[..end];
        return HostHeader.IsValid(host) && host.IndexOf("@@"u8) < 0;
    }

    /// <summary>A word ends at any byte up to the blank, and any number of them may follow.</summary>
    private static ReadOnlySpan<byte> TakeWord(scoped ref ReadOnlySpan<byte> text)
    {
        var start = text.IndexOfAnyExceptInRange((byte)0, (byte)' ');
        text = start < 0 ? default : text[start..];
        var end = text.IndexOfAnyInRange((byte)0, (byte)' ');
        var word = end < 0 ? text : text[..end];
        text = text[word.Length..];
        return word;
    }

    private static ReadOnlySpan<byte> TrimBlanks(ReadOnlySpan<byte> text)
    {
        var start = text.IndexOfAnyExceptInRange((byte)0, (byte)' ');
        return start < 0 ? default : text[start..(text.LastIndexOfAnyExceptInRange((byte)0, (byte)' ') + 1)];
    }
}
