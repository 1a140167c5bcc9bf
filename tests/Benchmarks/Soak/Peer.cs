using System.Globalization;
using System.Net.Sockets;
using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Benchmarks.Soak;

/// <summary>One end of a connection that reads messages with the proxy's own reader of the other side, and writes plain text.</summary>
internal sealed class Peer(Socket socket) : IDisposable
{
    private readonly ByteQueue input = new();
    private readonly byte[] buffer = new byte[32 * 1024];

    public Socket Socket => socket;

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes).ConfigureAwait(false)..];
        }
    }

    public Task SendAsync(string text) => SendAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>A body, in one piece or as chunks of uneven size.</summary>
    public async Task SendBodyAsync(byte[] body, bool chunked)
    {
        if (!chunked)
        {
            await SendAsync(body).ConfigureAwait(false);
            return;
        }

        for (var at = 0; at < body.Length; )
        {
            var count = Math.Min(1 + (at % 7_001), body.Length - at);
            await SendAsync(string.Create(CultureInfo.InvariantCulture, $"{count:x}\r\n")).ConfigureAwait(false);
            await SendAsync(body.AsMemory(at, count)).ConfigureAwait(false);
            await SendAsync("\r\n").ConfigureAwait(false);
            at += count;
        }

        await SendAsync("0\r\n\r\n").ConfigureAwait(false);
    }

    /// <summary>The next message; null if the connection ended before one began.</summary>
    /// <param name="slowly">Takes small pieces, with pauses.</param>
    public async Task<Message?> ReadAsync(Next next, bool slowly = false)
    {
        HeaderMap? head = null;
        var body = new MemoryStream();
        while (true)
        {
            var map = new HeaderMap();
            var found = next(input.Span, map);
            if (found.Kind == Http1EventKind.Error)
            {
                throw new InvalidDataException("The proxy sent what is no HTTP.");
            }

            body.Write(input.Span.Slice(found.Offset, found.Count));
            head = found.Kind == Http1EventKind.Head ? map : head;
            input.Consume(found.Consumed);
            if (found.EndsMessage)
            {
                return new Message(head!, body.ToArray(), IsWhole: true);
            }

            if (found.Kind == Http1EventKind.NeedMore && !await ReceiveAsync(slowly).ConfigureAwait(false))
            {
                return head is null && input.Length == 0 ? null : new Message(head ?? map, body.ToArray(), IsWhole: false);
            }
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task<bool> ReceiveAsync(bool slowly)
    {
        if (slowly)
        {
            await Task.Delay(1).ConfigureAwait(false);
        }

        try
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(0, slowly ? 4096 : buffer.Length)).ConfigureAwait(false);
            input.Append(buffer.AsSpan(0, count));
            return count > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    internal delegate Http1Event Next(ReadOnlySpan<byte> bytes, HeaderMap map);

    internal sealed record Message(HeaderMap Head, byte[] Body, bool IsWhole)
    {
        public string Get(string name) => Head.IndexOf(Encoding.ASCII.GetBytes(name)) is >= 0 and var at ? Encoding.Latin1.GetString(Head[at].Value) : "";
    }
}
