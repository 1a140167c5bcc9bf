using static MeshSim.ProxyRuntime.Live.Tests.LiveHarness;

namespace MeshSim.ProxyRuntime.Live.Tests;

/// <summary>What the driver does with sockets. Every test ends with the replay of what was recorded.</summary>
public sealed class DriverTests : IDisposable
{
    private const string Get = "GET /a HTTP/1.1\r\nhost: x\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    private readonly Backend backend = new();
    private readonly Backend other = new();

    public void Dispose()
    {
        backend.Dispose();
        other.Dispose();
    }

    [Fact]
    public async Task Requests_sent_in_one_piece_are_answered_in_order_on_one_connection()
    {
        await using var live = await StartAsync([backend]);
        using var client = await live.ConnectAsync();
        await client.SendAsync(Get + Get.Replace("/a", "/b", StringComparison.Ordinal));
        using var upstream = await backend.AcceptAsync();

        Assert.StartsWith("GET /a HTTP/1.1\r\nhost: x\r\n", await upstream.ReadToAsync("\r\n\r\n"), StringComparison.Ordinal);
        await upstream.SendAsync(Ok);
        Assert.EndsWith("\r\n\r\nok", await client.ReadToAsync("ok"), StringComparison.Ordinal);
        Assert.StartsWith("GET /b HTTP/1.1\r\n", await upstream.ReadToAsync("\r\n\r\n"), StringComparison.Ordinal);
        await upstream.SendAsync(Ok);
        await client.ReadToAsync("\r\n\r\nok");

        Assert.Equal(["200 - 0 2", "200 - 0 2"], await live.StopAsync());
    }

    [Fact]
    public async Task A_client_that_waits_for_leave_to_send_its_body_gets_it_from_the_proxy()
    {
        await using var live = await StartAsync([backend]);
        using var client = await live.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadToAsync("\r\n\r\n"));
        await client.SendAsync("body");
        using var upstream = await backend.AcceptAsync();

        Assert.DoesNotContain("\r\nexpect:", await upstream.ReadToAsync("\r\n\r\nbody"), StringComparison.Ordinal);
        await upstream.SendAsync(Ok);
        await client.ReadToAsync("ok");
        Assert.Equal(["200 - 4 2"], await live.StopAsync());
    }

    [Fact]
    public async Task With_proxy_100_continue_interim_answers_come_from_the_upstream()
    {
        await using var live = await StartAsync([backend], manager: "proxy_100_continue: true");
        using var client = await live.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n");
        using var upstream = await backend.AcceptAsync();
        Assert.Contains("expect: 100-continue", await upstream.ReadToAsync("\r\n\r\n"), StringComparison.Ordinal);
        await upstream.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
        await client.ReadToAsync("HTTP/1.1 100 Continue\r\n\r\n");
        await client.SendAsync("body");
        await upstream.ReadToAsync("body");
        await upstream.SendAsync(Ok);

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadToAsync("ok"), StringComparison.Ordinal);
        await live.StopAsync();
    }

    [Fact]
    public async Task A_body_that_is_kept_goes_out_again_with_the_retry()
    {
        await using var live = await StartAsync([backend], ", retry_policy: {retry_on: 5xx}");
        using var client = await live.ConnectAsync();
        var body = new string('b', 100_000);
        await client.SendAsync($"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {body.Length}\r\n\r\n{body}");
        using var first = await backend.AcceptAsync();
        await first.ReadToAsync("\r\n\r\n");
        Assert.Equal(body, await first.ReadAsync(body.Length));
        await first.SendAsync("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n");

        await first.ReadToAsync("\r\n\r\n");
        Assert.Equal(body, await first.ReadAsync(body.Length));
        await first.SendAsync(Ok);
        await client.ReadToAsync("ok");
        Assert.Equal(["200 - 100000 2"], await live.StopAsync());
    }

    [Fact]
    public async Task Chunks_and_trailers_pass_both_ways()
    {
        await using var live = await StartAsync([backend]);
        using var client = await live.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-up: 1\r\n\r\n");
        using var upstream = await backend.AcceptAsync();
        await upstream.ReadToAsync("\r\n\r\n3\r\nabc\r\n0\r\nx-up: 1\r\n\r\n");
        await upstream.SendAsync("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nde\r\n0\r\nx-down: 2\r\n\r\n");

        await client.ReadToAsync("transfer-encoding: chunked\r\n\r\n2\r\nde\r\n0\r\nx-down: 2\r\n\r\n");
        await live.StopAsync();
    }

    [Fact]
    public async Task A_mirror_gets_a_copy_of_head_and_body_and_its_answer_goes_nowhere()
    {
        await using var live = await StartAsync([backend, other], ", request_mirror_policies: [{cluster: c1}]");
        using var client = await live.ConnectAsync();
        await client.SendAsync("POST /m HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nbo");
        using var upstream = await backend.AcceptAsync();
        using var mirror = await other.AcceptAsync();
        await client.SendAsync("dy");

        Assert.StartsWith("POST /m HTTP/1.1\r\nhost: x-shadow\r\n", await mirror.ReadToAsync("\r\n\r\nbody"), StringComparison.Ordinal);
        await upstream.ReadToAsync("\r\n\r\nbody");
        await mirror.SendAsync("HTTP/1.1 500 No\r\ncontent-length: 3\r\n\r\nbad");
        await upstream.SendAsync(Ok);
        Assert.StartsWith("HTTP/1.1 200 OK", await client.ReadToAsync("ok"), StringComparison.Ordinal);
        Assert.Equal(["200 - 4 2"], await live.StopAsync());
    }

    [Fact]
    public async Task A_large_response_comes_whole_to_a_client_that_reads_late()
    {
        await using var live = await StartAsync([backend]);
        using var client = await live.ConnectAsync();
        await client.SendAsync(Get);
        using var upstream = await backend.AcceptAsync();
        await upstream.ReadToAsync("\r\n\r\n");
        var body = string.Concat(Enumerable.Range(0, 1_000_000).Select(static i => (char)('a' + (i % 26))));
        var sending = upstream.SendAsync($"HTTP/1.1 200 OK\r\ncontent-length: {body.Length}\r\n\r\n{body}");
        await Task.Delay(50);
        await client.ReadToAsync("\r\n\r\n");

        Assert.Equal(body, await client.ReadAsync(body.Length));
        await sending;
        Assert.Equal(["200 - 0 1000000"], await live.StopAsync());
    }

    [Fact]
    public async Task A_response_cut_short_ends_the_client_s_connection()
    {
        await using var live = await StartAsync([backend]);
        using var client = await live.ConnectAsync();
        await client.SendAsync(Get);
        using (var upstream = await backend.AcceptAsync())
        {
            await upstream.ReadToAsync("\r\n\r\n");
            await upstream.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
            await client.ReadToAsync("half");
        }

        Assert.Equal("", await client.ReadToEndAsync());
        Assert.Equal(["200 UPE 0 4"], await live.StopAsync());
    }

    [Fact]
    public async Task A_client_that_goes_takes_its_request_with_it()
    {
        await using var live = await StartAsync([backend]);
        var client = await live.ConnectAsync();
        await client.SendAsync(Get);
        using var upstream = await backend.AcceptAsync();
        await upstream.ReadToAsync("\r\n\r\n");
        client.Dispose();

        Assert.Equal("", await upstream.ReadToEndAsync());
        Assert.Equal(["0 DC 0 0"], await live.StopAsync());
    }

    [Fact]
    public async Task What_is_no_request_is_answered_and_the_connection_closed()
    {
        await using var live = await StartAsync([backend]);
        using var client = await live.ConnectAsync();
        await client.SendAsync("nonsense\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\ncontent-length: 11\r\n", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(["400 DPE 0 11"], await live.StopAsync());
    }

    [Fact]
    public async Task The_end_of_a_connection_ends_a_body_without_length()
    {
        await using var live = await StartAsync([backend]);
        using var client = await live.ConnectAsync();
        await client.SendAsync(Get);
        using (var upstream = await backend.AcceptAsync())
        {
            await upstream.ReadToAsync("\r\n\r\n");
            await upstream.SendAsync("HTTP/1.1 200 OK\r\n\r\nall of it");
        }

        await client.ReadToAsync("\r\n\r\n9\r\nall of it\r\n0\r\n\r\n");
        Assert.Equal(["200 - 0 9"], await live.StopAsync());
    }

    [Fact]
    public async Task An_upgrade_makes_a_tunnel()
    {
        await using var live = await StartAsync([backend], manager: "upgrade_configs: [{upgrade_type: websocket}]");
        using var client = await live.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
        using var upstream = await backend.AcceptAsync();
        await upstream.ReadToAsync("\r\n\r\n");
        await upstream.SendAsync("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
        await client.ReadToAsync("\r\n\r\n");
        await client.SendAsync("ping");
        Assert.Equal("ping", await upstream.ReadAsync(4));
        await upstream.SendAsync("pong");

        Assert.Equal("pong", await client.ReadAsync(4));
    }
}
