using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Benchmarks.Soak;

/// <summary>Answers each request as its number says; goes away and comes back.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Socket, bool> connections = new();
    private readonly Findings findings;
    private Socket listener;
    private Task accepting;

    public Backend(Findings findings)
    {
        this.findings = findings;
        listener = Listen(0);
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        accepting = AcceptAsync(listener);
    }

    public int Port { get; }

    /// <summary>The port closes and every connection is reset; after the time it is back.</summary>
    public async Task GoAwayAsync(TimeSpan time)
    {
        await StopAsync().ConfigureAwait(false);
        await Task.Delay(time).ConfigureAwait(false);
        listener = Listen(Port);
        accepting = AcceptAsync(listener);
    }

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private static Socket Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen(512);
        return socket;
    }

    private async Task StopAsync()
    {
        listener.Dispose();
        await accepting.ConfigureAwait(false);
        foreach (var connection in connections.Keys)
        {
            Reset(connection);
        }
    }

    private static void Reset(Socket connection)
    {
        try
        {
            connection.LingerState = new LingerOption(true, 0);
            connection.Dispose();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    private async Task AcceptAsync(Socket from)
    {
        try
        {
            while (true)
            {
                var socket = await from.AcceptAsync().ConfigureAwait(false);
                socket.NoDelay = true;
                connections[socket] = true;
                _ = ServeAsync(socket);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is to stop.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var peer = new Peer(socket);
        var reader = new Http1RequestReader(new Http1Settings());
        try
        {
            while (
                await peer.ReadAsync(reader.Next).ConfigureAwait(false) is { IsWhole: true } request && await AnswerAsync(peer, request).ConfigureAwait(false)
            ) { }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The proxy gave the request up, or this backend went away.
        }
        catch (InvalidDataException e)
        {
            findings.Add($"backend: {e.Message}");
        }

        _ = connections.TryRemove(socket, out _);
    }

    /// <summary>Returns whether the connection goes on.</summary>
    private async Task<bool> AnswerAsync(Peer peer, Peer.Message request)
    {
        var numbered = new Numbered(long.Parse(request.Get("x-number"), CultureInfo.InvariantCulture));
        var expected = new byte[request.Get(":method") == "POST" ? numbered.RequestLength : 0];
        numbered.FillRequest(expected);
        if (!request.Body.AsSpan().SequenceEqual(expected))
        {
            findings.Add($"request {numbered.Number} came with another body: {request.Body.Length} bytes for {expected.Length}");
        }

        await Task.Delay(numbered.Delay).ConfigureAwait(false);
        if (numbered.IsDropped)
        {
            return false;
        }

        var body = new byte[numbered.AnswerLength];
        numbered.FillAnswer(body);
        var framing = numbered.AnswerIsChunked ? "transfer-encoding: chunked" : string.Create(CultureInfo.InvariantCulture, $"content-length: {body.Length}");
        await peer.SendAsync($"HTTP/1.1 {(numbered.Fails ? "503 x" : "200 OK")}\r\nx-number: {request.Get("x-number")}\r\n{framing}\r\n\r\n")
            .ConfigureAwait(false);
        if (request.Get(":method") == "HEAD")
        {
            return true;
        }

        if (numbered.BreaksOff)
        {
            await peer.SendAsync(numbered.AnswerIsChunked ? "1\r\nx\r\n"u8.ToArray() : body.AsMemory(0, 1)).ConfigureAwait(false);
            return false;
        }

        await peer.SendBodyAsync(body, numbered.AnswerIsChunked).ConfigureAwait(false);
        return true;
    }
}
