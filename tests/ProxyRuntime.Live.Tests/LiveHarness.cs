using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live.Tests;

/// <summary>A live proxy on free loopback ports in front of backends that a test scripts byte by byte.</summary>
internal sealed class LiveHarness : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What is between angle brackets is replaced; no key or certificate that is put in has any.</summary>
    private const string Template = """
        static_resources:
          listeners:
            - name: main
              address: {socket_address: {address: 127.0.0.1, port_value: 0}}
              <LISTENER>
              filter_chains:
                - <CHAIN>
                  filters:
                    - <FILTER>
          clusters: [<CLUSTERS>]
        """;

    /// <summary>What stands in place of FILTER.</summary>
    private const string Manager = """
        name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: in
          delayed_close_timeout: 0.2s
          <PROTOCOL>
          <MANAGER>
          access_log:
            - name: file
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                path: <LOG>
                log_format: {text_format_source: {inline_string: "%RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT%<TLSFACTS>\n"}}
          http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
          route_config: {virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: c0 <ROUTE> }}]}]}
        """;

    private const string TcpProxy = """
        name: tcp
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
          stat_prefix: t
          <PROXYFIELDS>
          access_log:
            - name: file
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                path: <LOG>
                log_format: {text_format_source: {inline_string: "%RESPONSE_FLAGS% %UPSTREAM_CLUSTER% %BYTES_RECEIVED% %BYTES_SENT%<TLSFACTS>\n"}}
        """;

    private const string EventsFile = "events";

    private readonly LiveProxy proxy;
    private readonly string configuration;
    private readonly string folder;
    private bool ended;

    private LiveHarness(LiveProxy proxy, string configuration, string folder)
    {
        this.proxy = proxy;
        this.configuration = configuration;
        this.folder = folder;
    }

    /// <param name="backends">Cluster <c>c0</c> is the first, <c>c1</c> the second.</param>
    /// <param name="route">Fields of the route's action, from a comma on.</param>
    /// <param name="manager">Fields of the connection manager.</param>
    /// <param name="together">All backends are hosts of <c>c0</c> instead.</param>
    /// <param name="endpoints">The eds_config of clusters of type EDS; null: they are STATIC.</param>
    /// <param name="chain">Fields of the filter chain.</param>
    /// <param name="listener">Fields of the listener.</param>
    /// <param name="facts">Operators that stand behind the others in lines of the access log.</param>
    /// <param name="tcp">Fields of a TCP proxy that stands in place of the connection manager; null for none.</param>
    /// <param name="drainTime">How long the end of a proxy may take; null for what is usual.</param>
    /// <param name="records">A recording is made, which <see cref="StopAsync"/> replays.</param>
    /// <param name="cluster">Fields of each cluster, from a comma on; &lt;EVENTS&gt; stands for a file that <see cref="Events"/> reads.</param>
    public static async Task<LiveHarness> StartAsync(
        Backend[] backends,
        string route = "",
        string manager = "",
        string cluster = "",
        int concurrency = 1,
        bool together = false,
        string chain = "",
        string listener = "",
        string facts = "",
        bool records = true,
        string? endpoints = null,
        string? tcp = null,
        TimeSpan? drainTime = null
    )
    {
        var directory = Directory.CreateTempSubdirectory("meshsim-live").FullName;
        var clusters = (together ? [backends] : backends.Select(static backend => new[] { backend })).Select(
            (hosts, i) => $"{{name: c{i}, connect_timeout: 10s{cluster}, http_protocol_options: {{enable_trailers: true}}, {Discovery(hosts, i, endpoints)}}}"
        );
        var text = Template
            .Replace("<FILTER>", (tcp is null ? Manager : TcpProxy).ReplaceLineEndings("\n              "), StringComparison.Ordinal)
            .Replace("<PROXYFIELDS>", tcp, StringComparison.Ordinal)
            .Replace(
                "<PROTOCOL>",
                manager.Contains("http_protocol_options", StringComparison.Ordinal) ? "" : "http_protocol_options: {enable_trailers: true}",
                StringComparison.Ordinal
            )
            .Replace("<MANAGER>", manager, StringComparison.Ordinal)
            .Replace("<ROUTE>", route, StringComparison.Ordinal)
            .Replace("<CLUSTERS>", string.Join(", ", clusters), StringComparison.Ordinal)
            .Replace("<CHAIN>", chain, StringComparison.Ordinal)
            .Replace("<LISTENER>", listener, StringComparison.Ordinal)
            .Replace("<TLSFACTS>", facts.Length > 0 ? " " + facts : "", StringComparison.Ordinal)
            .Replace("<EVENTS>", Path.Combine(directory, EventsFile), StringComparison.Ordinal)
            .Replace("<LOG>", Path.Combine(directory, "access.log"), StringComparison.Ordinal);
        var loaded = BootstrapLoader.Load(text, "live.yaml");
        Assert.Empty(loaded.Problems);
        var reports = Channel.CreateUnbounded<ReadResult>();
        var options = new LiveProxyOptions
        {
            Report = found => reports.Writer.TryWrite(found),
            Concurrency = concurrency,
            Seed = 7,
            FileFlushInterval = TimeSpan.FromMilliseconds(10),
            RecordPath = records ? Path.Combine(directory, "recording") : null,
            DrainTime = drainTime ?? new LiveProxyOptions().DrainTime,
        };
        return new LiveHarness(await LiveProxy.StartAsync(loaded.Snapshot!, text, options), text, directory) { Reports = reports.Reader };
    }

    /// <summary>What was found in files of endpoints, in order.</summary>
    public required ChannelReader<ReadResult> Reports { get; init; }

    public async Task<Peer> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(proxy.Listeners["main"]);
        return new Peer(client, client.GetStream());
    }

    /// <summary>A client whose handshake is done.</summary>
    public async Task<Peer> ConnectAsync(SslClientAuthenticationOptions options)
    {
        var client = new TcpClient();
        await client.ConnectAsync(proxy.Listeners["main"]);
        var secured = new SslStream(client.GetStream());
        using var limit = new CancellationTokenSource(Patience);
        await secured.AuthenticateAsClientAsync(options, limit.Token);
        return new Peer(client, secured);
    }

    /// <summary>The value of a statistic of the workers.</summary>
    public async Task<long> StatAsync(string name) => await proxy.StatAsync(name);

    /// <summary>Bytes that the threads of the workers have allocated so far.</summary>
    public async Task<long> AllocatedAsync() => await proxy.AllocatedAsync();

    /// <summary>Has the proxy end as on SIGTERM: it waits for what is under way.</summary>
    public Task DrainAsync() => proxy.DrainAsync();

    /// <summary>Waits until a statistic of the workers has a value.</summary>
    public async Task WaitForAsync(string name, long value)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (await StatAsync(name) != value)
        {
            await Task.Delay(5, limit.Token);
        }
    }

    /// <summary>Stops the proxy and holds its recording against fresh machines. Returns the lines of the access log.</summary>
    public async Task<string[]> StopAsync()
    {
        await EndAsync();
        var lines = await File.ReadAllLinesAsync(Path.Combine(folder, "recording"));
        var replay = new Replay(RecordingHeader.Parse(lines), BootstrapLoader.Load(configuration, "live.yaml").Snapshot!);
        Assert.Null(replay.Run(lines));
        return await File.ReadAllLinesAsync(Path.Combine(folder, "access.log"));
    }

    /// <summary>The lines of the event log, once the proxy has stopped.</summary>
    public string[] Events() => File.ReadAllLines(Path.Combine(folder, EventsFile));

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static string Discovery(IEnumerable<Backend> hosts, int number, string? endpoints) =>
        endpoints is null
            ? $"type: STATIC, load_assignment: {{cluster_name: c{number}, endpoints: [{{lb_endpoints: [{string.Join(", ", hosts.Select(static host => host.Endpoint))}]}}]}}"
            : $"type: EDS, eds_cluster_config: {{eds_config: {{{endpoints}}}}}";

    private async Task EndAsync()
    {
        if (!ended)
        {
            ended = true;
            await proxy.DisposeAsync();
        }
    }

    /// <summary>One side of a connection, read and written as text of one byte a character.</summary>
    internal sealed class Peer(TcpClient connection, Stream stream) : IDisposable
    {
        private readonly StringBuilder received = new();

        /// <summary>Sends no more, and goes on reading.</summary>
        public void EndSending() => connection.Client.Shutdown(SocketShutdown.Send);

        /// <summary>Breaks the connection off.</summary>
        public void Reset()
        {
            connection.Client.LingerState = new LingerOption(true, 0);
            connection.Client.Close();
        }

        public async Task SendAsync(string text) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text));

        /// <summary>Everything received until a text stands in it, up to and with that text.</summary>
        public async Task<string> ReadToAsync(string text)
        {
            int at;
            while ((at = received.ToString().IndexOf(text, StringComparison.Ordinal)) < 0)
            {
                if (!await ReceiveAsync())
                {
                    throw new InvalidOperationException($"The connection ended before '{text}'; received: {received}");
                }
            }

            var found = received.ToString(0, at + text.Length);
            received.Remove(0, at + text.Length);
            return found;
        }

        /// <summary>So many characters.</summary>
        public async Task<string> ReadAsync(int count)
        {
            while (received.Length < count)
            {
                Assert.True(await ReceiveAsync(), $"The connection ended after {received.Length} of {count}");
            }

            var found = received.ToString(0, count);
            received.Remove(0, count);
            return found;
        }

        /// <summary>What comes until the other side closes.</summary>
        public async Task<string> ReadToEndAsync()
        {
            while (await ReceiveAsync()) { }

            return received.ToString();
        }

        /// <summary>The TLS of the connection; null for plain text.</summary>
        public SslStream? Tls => stream as SslStream;

        public void Dispose()
        {
            stream.Dispose();
            connection.Dispose();
        }

        private async Task<bool> ReceiveAsync()
        {
            using var limit = new CancellationTokenSource(Patience);
            var buffer = new byte[64 * 1024];
            try
            {
                var count = await stream.ReadAsync(buffer, limit.Token);
                received.Append(Encoding.Latin1.GetString(buffer, 0, count));
                return count > 0;
            }
            catch (IOException)
            {
                return false; // A reset is an end, and so is an alert.
            }
        }
    }

    /// <summary>Somebody who listens and hands out its connections one by one.</summary>
    internal sealed class Backend : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);

        public Backend() => listener.Start();

        public string Port => ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        public string Endpoint => $"{{endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {Port}}}}}}}}}";

        /// <summary>A connection waits to be accepted.</summary>
        public bool HasPending => listener.Pending();

        public async Task<Peer> AcceptAsync()
        {
            using var limit = new CancellationTokenSource(Patience);
            var accepted = await listener.AcceptTcpClientAsync(limit.Token);
            return new Peer(accepted, accepted.GetStream());
        }

        /// <summary>A connection whose handshake is done.</summary>
        public async Task<Peer> AcceptAsync(SslServerAuthenticationOptions options)
        {
            using var limit = new CancellationTokenSource(Patience);
            var accepted = await listener.AcceptTcpClientAsync(limit.Token);
            var secured = new SslStream(accepted.GetStream());
            await secured.AuthenticateAsServerAsync(options, limit.Token);
            return new Peer(accepted, secured);
        }

        public void Dispose() => listener.Dispose();
    }
}
