using System.Net;
using System.Text;
using System.Text.Json;

namespace MeshSim.Conformance;

/// <summary>The steps of a hands-on with httpbin behind a proxy, over real sockets.</summary>
public class ArticleTests
{
    [Fact]
    public async Task Headers_show_what_the_proxy_adds()
    {
        await using var live = await LiveFixture.StartAsync("{cluster: httpbin_service, auto_host_rewrite: true}");

        var (status, body) = await live.GetAsync("/headers");

        Assert.Equal(HttpStatusCode.OK, status);
        var headers = JsonDocument.Parse(body).RootElement.GetProperty("headers");
        Assert.Equal("httpbin", headers.GetProperty("Host").GetString());
        Assert.Equal(live.Client.BaseAddress!.Authority, headers.GetProperty("X-Envoy-Original-Host").GetString());
        Assert.Equal("15000", headers.GetProperty("X-Envoy-Expected-Rq-Timeout-Ms").GetString());
        Assert.Equal("http", headers.GetProperty("X-Forwarded-Proto").GetString());
        Assert.Equal(36, headers.GetProperty("X-Request-Id").GetString()!.Length);
    }

    [Fact]
    public async Task A_delay_beyond_the_route_timeout_is_504()
    {
        await using var live = await LiveFixture.StartAsync("{cluster: httpbin_service, timeout: 0.3s}");

        Assert.Equal((HttpStatusCode.GatewayTimeout, "upstream request timeout"), await live.GetAsync("/delay/2"));
        using var admin = new HttpClient { BaseAddress = live.Admin };
        Assert.Contains(
            "cluster.httpbin_service.upstream_rq_timeout: 1\n",
            await admin.GetStringAsync(new Uri("/stats?usedonly&filter=timeout", UriKind.Relative)),
            StringComparison.Ordinal
        );
        Assert.Equal("LIVE\n", await admin.GetStringAsync(new Uri("/ready", UriKind.Relative)));
        Assert.Contains(
            "httpbin_service::default_priority::max_retries::3\n",
            await admin.GetStringAsync(new Uri("/clusters", UriKind.Relative)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bodies_pass_sized_and_chunked(bool chunked)
    {
        await using var live = await LiveFixture.StartAsync("{cluster: httpbin_service}");
        var sent = new string('x', 3_000_000);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/anything") { Content = new StringContent(sent, Encoding.ASCII) };
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await live.Client.SendAsync(request);

        Assert.Equal(sent, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("data").GetString());
    }

    [Fact]
    public async Task A_refused_connection_is_503_with_Envoys_words()
    {
        await using var live = await LiveFixture.StartAsync("{cluster: nobody}");

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure"),
            await live.GetAsync("/")
        );
    }
}
