using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;
using static MeshSim.ProxyRuntime.Live.Tests.LiveHarness;

namespace MeshSim.ProxyRuntime.Live.Tests;

/// <summary>Files of listeners that are moved into place while the proxy runs. Every test ends with the replay of what was recorded.</summary>
public sealed class ListenerFileTests : IAsyncLifetime, IDisposable
{
    private const string Get = "GET /a HTTP/1.1\r\nhost: x\r\n\r\n";

    private static readonly FileEnvironment Files = new();

    private readonly Channel<ReadResult> reports = Channel.CreateUnbounded<ReadResult>();
    private readonly string folder = Directory.CreateTempSubdirectory("meshsim-lds").FullName;
    private Backend backend = null!;
    private LiveProxy proxy = null!;
    private bool ended;
    private string text = "";

    private string LdsFile => Path.Combine(folder, "lds.yaml");

    public Task InitializeAsync()
    {
        backend = new Backend();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        if (!ended)
        {
            await proxy.DisposeAsync();
        }
    }

    public void Dispose()
    {
        backend.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_changed_filter_chain_takes_new_connections_and_drains_the_old_ones_in_place()
    {
        await StartAsync(Response("v1", Listener("a", Direct("one")) + Listener("b", Direct("same"))));
        using var former = await ConnectAsync("a");
        using var other = await ConnectAsync("b");
        Assert.DoesNotContain("connection: close", await AskAsync(former, "one"), StringComparison.Ordinal);
        await AskAsync(other, "same");
        var address = proxy.Listeners["a"];

        await MoveAsync(Response("v2", Listener("a", Direct("two")) + Listener("b", Direct("same"))));
        using var next = await ConnectAsync("a");
        await AskAsync(next, "two");

        // A client of the chain that is gone has its answer, and is told to leave; one of a listener that did not change is not.
        Assert.Contains("connection: close", await AskAsync(former, "one"), StringComparison.Ordinal);
        Assert.Equal("", await former.ReadToEndAsync());
        Assert.DoesNotContain("connection: close", await AskAsync(other, "same"), StringComparison.Ordinal);
        Assert.Equal(address, proxy.Listeners["a"]);
        await ExpectAsync(added: 2, modified: 1, inPlace: 1, removed: 0, active: 2, draining: 0, chainsDraining: 1);
        await EndAsync();
    }

    [Fact]
    public async Task What_else_changes_replaces_the_listener_on_its_socket()
    {
        await StartAsync(Response("v1", Listener("a", Direct("one"))));
        using var former = await ConnectAsync("a");
        await AskAsync(former, "one");

        await MoveAsync(Response("v2", Listener("a", Direct("one"), "stat_prefix: changed,")));
        using var next = await ConnectAsync("a");
        Assert.DoesNotContain("connection: close", await AskAsync(next, "one"), StringComparison.Ordinal);
        Assert.Contains("connection: close", await AskAsync(former, "one"), StringComparison.Ordinal);
        Assert.Equal(1, await StatAsync("listener.changed.downstream_cx_active"));
        await ExpectAsync(added: 1, modified: 1, inPlace: 0, removed: 0, active: 1, draining: 1, chainsDraining: 0);
        await EndAsync();
    }

    [Fact]
    public async Task A_removed_listener_is_closed_at_once_and_its_requests_end_in_peace()
    {
        await StartAsync(Response("v1", Listener("a", Direct("one")) + Listener("b", "route: {cluster: c0}")));
        using var client = await ConnectAsync("b");
        await client.SendAsync(Get);
        using var upstream = await backend.AcceptAsync();
        await upstream.ReadToAsync("\r\n\r\n");
        var address = proxy.Listeners["b"];

        await MoveAsync(Response("v2", Listener("a", Direct("one"))));
        using var refused = new TcpClient();
        var error = await Assert.ThrowsAsync<SocketException>(() => refused.ConnectAsync(address));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        Assert.Equal(["a"], proxy.Listeners.Keys);

        await upstream.SendAsync("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        Assert.Contains("connection: close", await client.ReadToAsync("\r\n\r\nok"), StringComparison.Ordinal);
        await ExpectAsync(added: 2, modified: 0, inPlace: 0, removed: 1, active: 1, draining: 1, chainsDraining: 0);
        await EndAsync();
    }

    /// <summary>That the connection ends shows that the time is over.</summary>
    [Fact]
    public async Task What_is_left_when_drain_time_is_over_is_closed()
    {
        await StartAsync(Response("v1", Listener("a", "route: {cluster: c0}")), drainTime: TimeSpan.FromSeconds(1));
        using var idle = await ConnectAsync("a");
        using var waiting = await ConnectAsync("a");
        await waiting.SendAsync(Get);
        using var upstream = await backend.AcceptAsync();
        await upstream.ReadToAsync("\r\n\r\n");

        await MoveAsync(Response("v2", ""));
        Assert.Equal("", await idle.ReadToEndAsync());
        Assert.Equal("", await waiting.ReadToEndAsync());
        Assert.Equal("", await upstream.ReadToEndAsync());
        await EndAsync();
    }

    [Fact]
    public async Task A_refused_file_leaves_everything_as_it_was()
    {
        await StartAsync(Response("v1", Listener("a", Direct("one"))));
        using var client = await ConnectAsync("a");
        await AskAsync(client, "one");

        string[] refused =
        [
            Response("v2", Listener("a", Direct("two"), "stat_prefx: x,")),
            Response("v3", Listener("a", "route: {cluster: nowhere}")),
            Response("v4", Listener("a", Direct("two")) + Listener("a", Direct("three"))).Replace(Direct("two"), Direct("one"), StringComparison.Ordinal),
            "resources: [",
        ];
        string[] messages = ["stat_prefx", "route: unknown cluster 'nowhere'", "duplicate listener a found", ""];
        foreach (var (file, message) in refused.Zip(messages))
        {
            var found = await MoveAsync(file);
            Assert.Contains(message, string.Join("\n", found.Problems.Select(static problem => problem.Message)), StringComparison.Ordinal);
            Assert.All(found.Problems, problem => Assert.Equal(LdsFile, problem.File));
        }

        Assert.DoesNotContain("connection: close", await AskAsync(client, "one"), StringComparison.Ordinal);
        Assert.Equal(5, await StatAsync("listener_manager.lds.update_attempt"));
        Assert.Equal(1, await StatAsync("listener_manager.lds.update_success"));
        Assert.Equal(3, await StatAsync("listener_manager.lds.update_rejected"));
        Assert.Equal(1, await StatAsync("listener_manager.lds.update_failure"));
        Assert.Equal(unchecked((long)XxHash64.Of("v1"u8)), await StatAsync("listener_manager.lds.version"));
        await ExpectAsync(added: 1, modified: 0, inPlace: 0, removed: 0, active: 1, draining: 0, chainsDraining: 0);
        await EndAsync();
    }

    [Fact]
    public async Task What_is_good_in_a_file_is_taken_though_something_else_is_not()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await StartAsync(Response("v1", Listener("a", Direct("one"))));

        await MoveAsync(Response("v2", Listener("b", Direct("two")) + Listener("c", Direct("three"), port: port)));
        var bind = await reports.Reader.ReadAsync();
        Assert.StartsWith($"listener 'c': cannot bind '127.0.0.1:{port}'", Assert.Single(bind.Problems).Message, StringComparison.Ordinal);
        using var client = await ConnectAsync("b");
        await AskAsync(client, "two");
        Assert.Equal(["b"], proxy.Listeners.Keys);
        Assert.Equal((1, 1), (await StatAsync("listener_manager.lds.update_success"), await StatAsync("listener_manager.lds.update_rejected")));
        await EndAsync();
    }

    [Fact]
    public async Task Another_listener_may_take_over_an_address()
    {
        await StartAsync(Response("v1", ""));
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        await MoveAsync(Response("v2", Listener("a", Direct("one"), port: port)));
        using var former = await ConnectAsync("a");
        await AskAsync(former, "one");
        await MoveAsync(Response("v3", Listener("b", Direct("two"), port: port)));
        using var next = await ConnectAsync("b");
        await AskAsync(next, "two");
        Assert.Equal(port, proxy.Listeners["b"].Port);
        Assert.Contains("connection: close", await AskAsync(former, "one"), StringComparison.Ordinal);
        await ExpectAsync(added: 2, modified: 0, inPlace: 0, removed: 1, active: 1, draining: 1, chainsDraining: 0);
        await EndAsync();
    }

    private async Task StartAsync(string listeners, TimeSpan? drainTime = null)
    {
        await File.WriteAllTextAsync(LdsFile, listeners);
        text = $$$"""
            dynamic_resources: {lds_config: {path_config_source: {path: "{{{LdsFile}}}"} } }
            static_resources:
              clusters:
              - name: c0
                type: STATIC
                load_assignment: {cluster_name: c0, endpoints: [{lb_endpoints: [{{{backend.Endpoint}}}]}]}
            """;
        var loaded = BootstrapLoader.Load(text, "live.yaml", environment: Files, forConnections: true);
        Assert.Empty(loaded.Problems);
        Assert.Empty(loaded.Warnings);
        var options = new LiveProxyOptions
        {
            Report = found => reports.Writer.TryWrite(found),
            Listeners = loaded.Listeners,
            Concurrency = 2,
            Seed = 7,
            DrainTime = drainTime ?? TimeSpan.FromSeconds(600),
            DrainsAtOnce = drainTime is null,
            RecordPath = Path.Combine(folder, "recording"),
        };
        proxy = await LiveProxy.StartAsync(loaded.Snapshot!, text, options);
        Assert.Empty((await reports.Reader.ReadAsync()).Problems);
    }

    /// <summary>Returns what was found in the file once workers know of it.</summary>
    private async Task<ReadResult> MoveAsync(string listeners)
    {
        await File.WriteAllTextAsync(LdsFile + ".new", listeners);
        File.Move(LdsFile + ".new", LdsFile, overwrite: true);
        var found = await reports.Reader.ReadAsync();
        await StatAsync("");
        await StatAsync("");
        return found;
    }

    private async Task<Peer> ConnectAsync(string listener)
    {
        var client = new TcpClient();
        await client.ConnectAsync(proxy.Listeners[listener]);
        return new Peer(client, client.GetStream());
    }

    private static async Task<string> AskAsync(Peer client, string body)
    {
        await client.SendAsync(Get);
        return await client.ReadToAsync("\r\n\r\n" + body);
    }

    /// <summary>Of all machines together; each is asked behind what it has to do.</summary>
    private async Task<long> StatAsync(string name) => (await proxy.ReadStatsAsync(sheet => sheet.Value(name))).Sum();

    private async Task ExpectAsync(int added, int modified, int inPlace, int removed, int active, int draining, int chainsDraining)
    {
        string[] names =
        [
            "listener_added",
            "listener_modified",
            "listener_in_place_updated",
            "listener_removed",
            "total_listeners_active",
            "total_listeners_draining",
            "total_filter_chains_draining",
        ];
        long[] expected = [added, modified, inPlace, removed, active, draining, chainsDraining];
        foreach (var (name, value) in names.Zip(expected))
        {
            Assert.Equal((name, value), (name, await StatAsync("listener_manager." + name)));
        }
    }

    private async Task EndAsync()
    {
        ended = true;
        await proxy.DisposeAsync();
        var lines = await File.ReadAllLinesAsync(Path.Combine(folder, "recording"));
        var loaded = BootstrapLoader.Load(text, "live.yaml", environment: Files, forConnections: true);
        Assert.Null(new Replay(RecordingHeader.Parse(lines), loaded.Snapshot!, file => loaded.Listeners!.Load(file, []).Answer).Run(lines));
    }

    private static string Response(string version, string listeners) =>
        $"version_info: {version}\nresources:{(listeners.Length > 0 ? "" : " []")}\n{listeners}";

    private static string Direct(string body) => $"direct_response: {{status: 200, body: {{inline_string: {body}}}}}";

    private static string Listener(string name, string action, string fields = "", int port = 0) =>
        """
            - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
              name: NAME
              address: {socket_address: {address: 127.0.0.1, port_value: PORT}}
              FIELDS
              filter_chains:
              - filters:
                - name: envoy.filters.network.http_connection_manager
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                    stat_prefix: in
                    delayed_close_timeout: 0.2s
                    route_config: {virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, ACTION}]}]}
                    http_filters:
                    - name: envoy.filters.http.router
                      typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}

            """.Replace("NAME", name, StringComparison.Ordinal).Replace("PORT", $"{port}", StringComparison.Ordinal).Replace(
            "ACTION",
            action,
            StringComparison.Ordinal
        ).Replace("FIELDS", fields.TrimEnd(','), StringComparison.Ordinal);
}
