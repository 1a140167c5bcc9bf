using System.Net;
using System.Net.WebSockets;
using System.Text;
using MeshSim.ProxyRuntime.Config;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MeshSim.ProxyRuntime.Live.Tests;

/// <summary>Clients and servers that others wrote: .NET's HTTP and WebSocket clients, and Kestrel behind the proxy.</summary>
public sealed class RealPeersTests : IAsyncLifetime
{
    private const string Configuration = """
        static_resources:
          listeners:
            - name: main
              address: {socket_address: {address: 127.0.0.1, port_value: 0}}
              filter_chains:
                - filters:
                    - name: hcm
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: in
                        upgrade_configs: [{upgrade_type: websocket}]
                        http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
                        route_config: {virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: kestrel}}]}]}
          clusters:
            - name: kestrel
              type: STATIC
              load_assignment: {cluster_name: kestrel, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: PORT}}}}]}]}
        """;

    private WebApplication kestrel = null!;
    private LiveProxy proxy = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static server => server.Listen(IPAddress.Loopback, 0));
        kestrel = builder.Build();
        kestrel.UseWebSockets();
        kestrel.Run(ServeAsync);
        await kestrel.StartAsync();
        var address = kestrel.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var text = Configuration.Replace("PORT", $"{new Uri(address).Port}", StringComparison.Ordinal);
        proxy = await LiveProxy.StartAsync(BootstrapLoader.Load(text, "peers.yaml").Snapshot!, text, new LiveProxyOptions { Concurrency = 1, Seed = 7 });
    }

    public async Task DisposeAsync()
    {
        await proxy.DisposeAsync();
        await kestrel.DisposeAsync();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(10, true)]
    [InlineData(3_000_000, false)]
    [InlineData(3_000_000, true)]
    public async Task Bodies_of_any_size_come_back_as_they_were(int size, bool chunked)
    {
        using var client = new HttpClient();
        var body = new byte[size];
        new Random(size).NextBytes(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://{proxy.Listeners["main"]}/echo")) { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Expect_100_continue_is_answered_by_the_server_behind()
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://{proxy.Listeners["main"]}/echo")) { Content = new StringContent("body") };
        request.Headers.ExpectContinue = true;
        using var response = await client.SendAsync(request);
        Assert.Equal("body", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_web_socket_carries_messages_both_ways_and_closes_in_order()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{proxy.Listeners["main"]}/socket"), limit.Token);
        var buffer = new byte[200_000];
        foreach (var size in (int[])[1, 125, 126, 70_000, 200_000])
        {
            var message = Encoding.ASCII.GetBytes(new string((char)('a' + (size % 26)), size));
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, limit.Token);
            var received = 0;
            for (var end = false; !end; )
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(received), limit.Token);
                received += part.Count;
                end = part.EndOfMessage;
            }

            Assert.Equal(message, buffer[..received]);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", limit.Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    private static async Task ServeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await context.Request.Body.CopyToAsync(context.Response.Body);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[8192];
        while (await socket.ReceiveAsync(buffer.AsMemory(), default) is { MessageType: not WebSocketMessageType.Close } part)
        {
            await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, default);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", default);
    }
}
