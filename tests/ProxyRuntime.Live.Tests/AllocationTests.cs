using System.Net;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.ProxyRuntime.Live.Tests;

/// <summary>Counts what the whole process allocates: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests : IDisposable
{
    private const int Requests = 2_000;

    private const string Configuration = """
        static_resources:
          listeners:
            - name: main
              address: {socket_address: {address: 127.0.0.1, port_value: 0}}
              filter_chains:
                - filters:
                    - FILTER
          clusters:
            - name: c
              type: STATIC
              load_assignment: {cluster_name: c, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: PORT}}}}]}]}
        """;

    private const string Manager = """
        name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: in
          http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
          route_config:
            virtual_hosts:
              - name: all
                domains: ["*"]
                routes: [{match: {prefix: /}, route: {cluster: c, retry_policy: {retry_on: 5xx}}}]
        """;

    private const string TcpProxy = """
        name: tcp
        typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: t, cluster: c}
        """;

    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public void Dispose() => listener.Dispose();

    [Fact]
    public Task A_request_over_kept_connections_allocates_nothing() => AllocatesNothingAsync(Manager);

    [Fact]
    public Task Bytes_that_a_TCP_proxy_carries_allocate_nothing() => AllocatesNothingAsync(TcpProxy);

    private async Task AllocatesNothingAsync(string filter)
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var server = new Thread(Serve) { IsBackground = true };
        server.Start();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var text = Configuration
            .Replace("FILTER", filter.ReplaceLineEndings("\n              "), StringComparison.Ordinal)
            .Replace("PORT", $"{port}", StringComparison.Ordinal);
        var options = new LiveProxyOptions { Concurrency = 1, Seed = 7 };
        await using var proxy = await LiveProxy.StartAsync(BootstrapLoader.Load(text, "a.yaml").Snapshot!, text, options);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 10_000 };
        client.Connect(proxy.Listeners["main"]);
        var buffer = new byte[4096];
        Ask(client, buffer);

        // The test's own host may allocate beside it now and then: the quietest round counts.
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Ask(client, buffer);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        // One object a request would be 24 bytes and more.
        Assert.InRange(least / (double)Requests, 0, 8);
    }

    private static void Ask(Socket client, byte[] buffer)
    {
        for (var i = 0; i < Requests; i++)
        {
            _ = client.Send("POST /a HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nbody"u8);
            for (var received = 0; !buffer.AsSpan(0, received).EndsWith("answer"u8); )
            {
                var count = client.Receive(buffer.AsSpan(received));
                received += count > 0 ? count : throw new InvalidOperationException("The proxy closed the connection.");
            }
        }
    }

    private void Serve()
    {
        try
        {
            using var connection = listener.Accept();
            connection.NoDelay = true;
            var buffer = new byte[4096];
            for (var received = 0; connection.Receive(buffer.AsSpan(received)) is > 0 and var count; )
            {
                received += count;
                if (buffer.AsSpan(0, received).EndsWith("body"u8))
                {
                    received = 0;
                    _ = connection.Send("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nanswer"u8);
                }
            }
        }
        catch (SocketException)
        {
            // The test is over.
        }
    }
}
