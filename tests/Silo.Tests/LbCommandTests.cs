using System.Text.Json;

namespace MeshSim.Silo.Tests;

public sealed class LbCommandTests : IDisposable
{
    private const string Config = """
        static_resources:
          clusters:
            - name: shop
              load_assignment:
                cluster_name: shop
                endpoints:
                  - lb_endpoints:
                      - {endpoint: {hostname: a, address: {socket_address: {address: 10.0.0.1, port_value: 80}}}}
                      - {endpoint: {hostname: b, address: {socket_address: {address: 10.0.0.2, port_value: 80}}}}
                      - {endpoint: {hostname: c, address: {socket_address: {address: 10.0.0.3, port_value: 80}}}}
                  - priority: 1
                    lb_endpoints: [{endpoint: {hostname: x, address: {socket_address: {address: 10.0.1.1, port_value: 80}}}}]
            - name: least
              type: STRICT_DNS
              lb_policy: LEAST_REQUEST
              load_assignment:
                cluster_name: least
                endpoints:
                  - lb_endpoints:
                      - {endpoint: {address: {socket_address: {address: one.test, port_value: 80}}}}
                      - {endpoint: {address: {socket_address: {address: two.test, port_value: 80}}}}
            - name: versions
              lb_subset_config: {subset_selectors: [{keys: [v]}]}
              load_assignment:
                cluster_name: versions
                endpoints:
                  - lb_endpoints:
                      - {endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 80}}}, metadata: {filter_metadata: {envoy.lb: {v: "1"}}}}
                      - {endpoint: {address: {socket_address: {address: 10.0.0.2, port_value: 80}}}, metadata: {filter_metadata: {envoy.lb: {v: "2"}}}}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public LbCommandTests() => File.WriteAllText(Path.Combine(folder, "envoy.yaml"), Config);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Shares_are_shown_with_the_arithmetic_behind_them()
    {
        var (code, output) = await Run("--cluster shop --health a=unhealthy b=ejected");

        Assert.Equal(0, code);
        Assert.Contains("CLUSTER  'shop', ROUND_ROBIN\n", output, StringComparison.Ordinal);
        Assert.Contains(
            "\n  0         3      1        0         0         46      46    no: 33.3 % are below 50, but all together reach 100\n",
            output,
            StringComparison.Ordinal
        );
        Assert.Contains("\nSHARES  computed from what the balancer chooses by\n", output, StringComparison.Ordinal);
        Assert.Contains("c (10.0.0.3:80)  0         -         1       healthy                0       46.0000 %\n", output, StringComparison.Ordinal);
        Assert.Contains("x (10.0.1.1:80)  1         -         1       healthy                0       54.0000 %\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_depends_on_requests_under_way_is_counted_and_the_seed_gives_it_again()
    {
        var (code, first) = await Run("--cluster least --active one.test=3 --seed 8 --picks 5000");
        var (_, second) = await Run("--cluster least --active one.test:80=3 --seed 8 --picks 5000");

        Assert.Equal(0, code);
        Assert.Contains("SHARES  5000 choices counted, seed 8; in brackets the 99.9 % interval", first, StringComparison.Ordinal);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task For_programs_there_is_JSON()
    {
        var (code, output) = await Run("--cluster versions --metadata v=2 --json");
        using var json = JsonDocument.Parse(output);

        Assert.Equal(0, code);
        Assert.Equal([0, 1], json.RootElement.GetProperty("endpoints").EnumerateArray().Select(static endpoint => endpoint.GetProperty("share").GetDouble()));
        Assert.True(json.RootElement.GetProperty("exact").GetBoolean());
    }

    [Fact]
    public async Task A_chart_is_drawn()
    {
        var (code, _) = await Run("--cluster shop --chart shares.png");

        Assert.Equal(0, code);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(Path.Combine(folder, "shares.png"))[..4]);
    }

    [Theory]
    [InlineData("--cluster nix", "--cluster nix: envoy.yaml has no such cluster; there are 'shop', 'least', 'versions'")]
    [InlineData("--cluster shop --health q=unhealthy", "--health q=unhealthy: cluster 'shop' has no endpoint 'q'; there are '10.0.0.1:80', '10.0.0.2:80'")]
    [InlineData("--cluster shop --health a=sick", "--health a=sick: 'sick' is no health; accepted are healthy, unhealthy, degraded, draining, ejected")]
    [InlineData("--cluster shop --health a", "--health a: accepted is ENDPOINT=HEALTH")]
    [InlineData("--cluster shop --active a=-1", "--active a=-1: '-1' is no number of requests")]
    [InlineData("--cluster shop --picks 0", "--picks 0 is not accepted; accepted are 1 to 100000000")]
    [InlineData("--cluster shop --chart shares.gif", "--chart shares.gif: accepted are names that end in .png or .svg")]
    public async Task What_cannot_be_is_refused_with_what_can(string arguments, string message)
    {
        var (code, output) = await Run(arguments);

        Assert.Equal(2, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    private Task<(int Code, string Output)> Run(string arguments) => MeshsimProgram.RunAsync(folder, $"lb -c envoy.yaml {arguments}");
}
