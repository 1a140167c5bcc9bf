using static MeshSim.ProxyRuntime.Live.Tests.LiveHarness;

namespace MeshSim.ProxyRuntime.Live.Tests;

/// <summary>Files of endpoints that are moved into place while the proxy runs. Every test ends with the replay of what was recorded.</summary>
public sealed class EndpointFileTests : IDisposable
{
    private const string Get = "GET /a HTTP/1.1\r\nhost: x\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    private readonly Backend first = new();
    private readonly Backend second = new();
    private readonly string folder = Directory.CreateTempSubdirectory("meshsim-eds").FullName;

    private string EdsFile => Path.Combine(folder, "eds.yaml");

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>That the connection to a host that is gone closes shows that the worker knows.</summary>
    [Fact]
    public async Task What_is_moved_into_place_is_taken_over_and_what_is_refused_is_not()
    {
        Write(EdsFile, Assignment("c0", first));
        await using var live = await StartAsync([first], endpoints: $"path_config_source: {{path: {EdsFile}}}");
        using var client = await live.ConnectAsync();
        using var former = await AnswerAsync(client, first);

        Move(Assignment("c0", second));
        Assert.Equal("", await former.ReadToEndAsync());
        using var upstream = await AnswerAsync(client, second);

        // Written in place it is not noticed: the next thing read is what is moved behind it.
        Write(EdsFile, Assignment("c0", first));
        Move(Assignment("other", first));
        string[] found = ["", "", "Unexpected EDS cluster (expecting c0): other"];
        foreach (var message in found)
        {
            Assert.Equal(message, string.Join("", (await live.Reports.ReadAsync()).Problems.Select(static problem => problem.Message)));
        }

        await client.SendAsync(Get);
        await RespondAsync(client, upstream);

        Move(Assignment("c0"));
        Assert.Equal("", await upstream.ReadToEndAsync());
        await client.SendAsync(Get);
        await client.ReadToAsync("no healthy upstream");

        Assert.Equal(["200 - 0 2", "200 - 0 2", "200 - 0 2", "503 UH 0 19"], await live.StopAsync());
    }

    /// <summary>As Kubernetes mounts configuration: the file stands in one folder, what is moved when it has changed in another.</summary>
    [Fact]
    public async Task With_watched_directory_any_move_into_it_counts()
    {
        var mount = Directory.CreateDirectory(Path.Combine(folder, "mount")).FullName;
        Write(EdsFile, Assignment("c0", first));
        await using var live = await StartAsync([first], endpoints: $"path_config_source: {{path: {EdsFile}, watched_directory: {{path: {mount}/}}}}");
        using var client = await live.ConnectAsync();
        using var former = await AnswerAsync(client, first);
        Move(Assignment("c0", second));
        Write(Path.Combine(folder, "stamp"), "");
        File.Move(Path.Combine(folder, "stamp"), Path.Combine(mount, "stamp"));

        Assert.Equal("", await former.ReadToEndAsync());
        using var upstream = await AnswerAsync(client, second);
        await live.StopAsync();
        Assert.Equal(2, live.Reports.Count);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_cannot_be_watched()
    {
        Write(EdsFile, Assignment("c0"));
        var starting = StartAsync([first], endpoints: $"path_config_source: {{path: {EdsFile}, watched_directory: {{path: /none/such}}}}");

        var error = await Assert.ThrowsAsync<LiveProxyStartException>(() => starting);
        Assert.Equal("cluster 'c0': unable to add filesystem watch: there is no folder '/none/such'", error.Message);
    }

    private static async Task<Peer> AnswerAsync(Peer client, Backend backend)
    {
        await client.SendAsync(Get);
        var upstream = await backend.AcceptAsync();
        await RespondAsync(client, upstream);
        return upstream;
    }

    private static async Task RespondAsync(Peer client, Peer upstream)
    {
        await upstream.ReadToAsync("\r\n\r\n");
        await upstream.SendAsync(Ok);
        await client.ReadToAsync("\r\n\r\nok");
    }

    private static string Assignment(string cluster, params Backend[] backends) =>
        $$"""
            resources:
              - "@type": type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment
                cluster_name: {{cluster}}
                endpoints: [{lb_endpoints: [{{string.Join(", ", backends.Select(static backend => backend.Endpoint))}}]}]
            """;

    private static void Write(string path, string text) => File.WriteAllText(path, text);

    private void Move(string text)
    {
        Write(EdsFile + ".new", text);
        File.Move(EdsFile + ".new", EdsFile, overwrite: true);
    }
}
