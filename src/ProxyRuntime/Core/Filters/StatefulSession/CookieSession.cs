using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A session in a cookie.</summary>
internal sealed class CookieSession(CookieSessionSettings settings) : SessionState
{
    private readonly byte[] name = Encoding.UTF8.GetBytes(settings.Name);
    private readonly byte[] path = Encoding.UTF8.GetBytes(settings.Path);
    private readonly byte[] attributes = Encoding.UTF8.GetBytes(SetCookie.Attributes(settings.TtlSeconds, settings.Path, settings.Attributes));
    private readonly ByteBuffer message = new();

    /// <summary>Below <c>/a/</c> is what begins so; below <c>/a</c> is that itself, and what goes on with a slash, a query or a fragment.</summary>
    public override bool Covers(HeaderMap request)
    {
        var target = request.Get(HeaderName.Path);
        return path.Length == 0
            || path.AsSpan().SequenceEqual("/"u8)
            || (
                target.StartsWith(path) && (path[^1] == (byte)'/' || target.Length == path.Length || target[path.Length] is (byte)'/' or (byte)'?' or (byte)'#')
            );
    }

    /// <summary>What is no such message counts as the address itself, as old releases wrote it.</summary>
    public override void Read(HeaderMap request, MonotonicTime now, ByteBuffer address)
    {
        if (!Cookies.TryGet(request, name, out var value))
        {
            return;
        }

        message.Clear();
        Decode(value, message);
        if (!SessionMessage.TryRead(message.Span, out var host, out var expires))
        {
            address.Append(message.Span);
        }
        else if (expires == 0 || Seconds(now) <= expires)
        {
            address.Append(host);
        }
    }

    public override void Write(HeaderMap response, ReadOnlySpan<byte> address, MonotonicTime now, ByteBuffer scratch)
    {
        message.Clear();
        SessionMessage.Write(address, settings.TtlSeconds == 0 ? 0 : Seconds(now) + (ulong)settings.TtlSeconds, message);
        scratch.Clear();
        scratch.Append(name);
        scratch.Append("=\""u8);
        Encode(message.Span, scratch);
        scratch.Append((byte)'"');
        scratch.Append(attributes);
        response.Add(HeaderName.SetCookie, scratch.Span);
    }

    /// <summary>As Envoy does, lives are measured by the clock that never goes back: a cookie from before a restart may count longer, or not at all.</summary>
    private static ulong Seconds(MonotonicTime now) => (ulong)(now.Nanoseconds / MonotonicTime.NanosecondsPerSecond);
}
