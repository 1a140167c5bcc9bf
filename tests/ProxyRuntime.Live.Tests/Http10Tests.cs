using static MeshSim.ProxyRuntime.Live.Tests.LiveHarness;

namespace MeshSim.ProxyRuntime.Live.Tests;

/// <summary>accept_http_10: clients of HTTP/1.0, whose answers are not chunked and, unless they ask for more, end with the connection.</summary>
public sealed class Http10Tests : IDisposable
{
    private const string Accepted = "http_protocol_options: {accept_http_10: true, default_host_for_http_10: old.test}";
    private const string Chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    private const string Sized = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

    private readonly Backend backend = new();

    public void Dispose() => backend.Dispose();

    [Fact]
    public async Task An_answer_without_length_ends_with_the_connection()
    {
        await using var live = await StartAsync([backend], manager: Accepted);
        using var client = await live.ConnectAsync();
        var (request, answer) = await ExchangeAsync(client, "GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n", Chunked);

        Assert.StartsWith("GET / HTTP/1.1\r\nhost: old.test\r\n", request, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.0 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nconnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("chunked", answer, StringComparison.Ordinal);
        Assert.Equal("", await client.ReadToEndAsync());
        Assert.Equal(["200 - 0 5"], await live.StopAsync());
    }

    [Fact]
    public async Task One_that_asks_to_be_kept_is_told_so_where_the_length_is_known()
    {
        await using var live = await StartAsync([backend], manager: Accepted);
        using var client = await live.ConnectAsync();
        using var upstream = await SendAsync(client, "GET /1 HTTP/1.0\r\nhost: a\r\nconnection: Keep-Alive\r\n\r\n");
        await upstream.SendAsync(Sized);
        Assert.Contains("\r\nconnection: keep-alive\r\n", await client.ReadToAsync("hello"), StringComparison.Ordinal);

        // The same connection may go over to HTTP/1.1 and back.
        await client.SendAsync("GET /2 HTTP/1.1\r\nhost: a\r\n\r\n");
        await upstream.ReadToAsync("\r\n\r\n");
        await upstream.SendAsync(Chunked);
        var second = await client.ReadToAsync("0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", second, StringComparison.Ordinal);
        Assert.DoesNotContain("connection:", second, StringComparison.Ordinal);

        await client.SendAsync("GET /3 HTTP/1.0\r\nhost: a\r\n\r\n");
        await upstream.ReadToAsync("\r\n\r\n");
        await upstream.SendAsync(Sized);
        Assert.Contains("\r\nconnection: close\r\n", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(3, (await live.StopAsync()).Length);
    }

    [Fact]
    public async Task Unless_configured_it_is_refused()
    {
        await using var live = await StartAsync([backend]);
        using var client = await live.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.0\r\nhost: a\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 426 Upgrade Required\r\n", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private async Task<(string Request, string Answer)> ExchangeAsync(Peer client, string request, string response)
    {
        await client.SendAsync(request);
        using var upstream = await backend.AcceptAsync();
        var seen = await upstream.ReadToAsync("\r\n\r\n");
        await upstream.SendAsync(response);
        return (seen, await client.ReadToAsync("hello"));
    }

    private async Task<Peer> SendAsync(Peer client, string request)
    {
        await client.SendAsync(request);
        var upstream = await backend.AcceptAsync();
        await upstream.ReadToAsync("\r\n\r\n");
        return upstream;
    }
}
