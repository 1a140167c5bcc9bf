using System.Net.Sockets;
using static MeshSim.ProxyRuntime.Live.Tests.LiveHarness;

namespace MeshSim.ProxyRuntime.Live.Tests;

/// <summary>What some clients do must not be felt by others.</summary>
public sealed class AttackTests : IDisposable
{
    private const int Slow = 300;
    private const string Get = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

    private readonly Backend backend = new();

    public void Dispose() => backend.Dispose();

    /// <summary>Slowloris: heads that come byte by byte and never end.</summary>
    [Fact]
    public async Task Heads_that_never_end_keep_nobody_from_being_served()
    {
        await using var live = await StartAsync([backend], manager: "request_headers_timeout: 1s");
        List<Peer> slow = [];
        for (var i = 0; i < Slow; i++)
        {
            slow.Add(await live.ConnectAsync());
            await slow[i].SendAsync("GET / HTTP/1.1\r\nhost: x\r\nx");
        }

        await AssertServedAsync(live);

        // They are told to go, each after its second.
        foreach (var peer in slow)
        {
            Assert.StartsWith("HTTP/1.1 408 Request Timeout\r\n", await peer.ReadToEndAsync(), StringComparison.Ordinal);
            peer.Dispose();
        }
    }

    [Fact]
    public async Task A_hundred_thousand_headers_are_refused_at_the_limit()
    {
        await using var live = await StartAsync([backend]);
        using var attacker = await live.ConnectAsync();
        var lines = string.Concat(Enumerable.Range(0, 1_000).Select(static i => $"x-{i}: {i}\r\n"));
        await attacker.SendAsync("GET / HTTP/1.1\r\nhost: x\r\n");
        await FloodAsync(attacker, lines, times: 100);

        Assert.StartsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n", await attacker.ReadToEndAsync(), StringComparison.Ordinal);
        await AssertServedAsync(live);
    }

    /// <summary>Requests without end on one connection, whose answers nobody takes.</summary>
    [Fact]
    public async Task Answers_that_nobody_takes_hold_their_own_connection_only()
    {
        await using var live = await StartAsync([backend], route: ", timeout: 0s");
        using var attacker = await live.ConnectAsync();
        await attacker.SendAsync(Get);
        using var upstream = await backend.AcceptAsync();
        await upstream.ReadToAsync("\r\n\r\n");

        // The proxy stops reading what its client does not take: not all of this is taken from the backend.
        var sending = SendUntilHeldUpAsync(upstream);
        await AssertServedAsync(live);
        Assert.InRange(await sending, 0, 64L * 1024 * 1024);
    }

    /// <summary>Sends until nothing is taken for half a second. Returns how many bytes were.</summary>
    private static async Task<long> SendUntilHeldUpAsync(Peer upstream)
    {
        var piece = new string('x', 64 * 1024);
        await upstream.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n");
        for (var sent = 0L; ; sent += piece.Length)
        {
            var sending = upstream.SendAsync(piece);
            if (sent > 1_000_000_000 || await Task.WhenAny(sending, Task.Delay(500)) != sending)
            {
                return sent;
            }
        }
    }

    private static async Task FloodAsync(Peer attacker, string lines, int times)
    {
        try
        {
            for (var i = 0; i < times; i++)
            {
                await attacker.SendAsync(lines);
            }
        }
        catch (IOException e) when (e.InnerException is SocketException)
        {
            // It was closed on the way.
        }
    }

    private async Task AssertServedAsync(LiveHarness live)
    {
        using var client = await live.ConnectAsync();
        await client.SendAsync(Get);
        using var upstream = await backend.AcceptAsync();
        await upstream.ReadToAsync("\r\n\r\n");
        await upstream.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        Assert.EndsWith("ok", await client.ReadToAsync("ok"), StringComparison.Ordinal);
    }
}
