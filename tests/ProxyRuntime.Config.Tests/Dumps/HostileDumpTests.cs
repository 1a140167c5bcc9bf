using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>No dump throws, hangs or grows without bound.</summary>
public class HostileDumpTests
{
    [Theory]
    [InlineData("""{"configs": 5}""", "configs[0]", "expected an object with @type, found a number")]
    [InlineData("""{"configs": [5, null, []]}""", "configs[1]", "null is not accepted as an item of a list")]
    [InlineData("""{"configs": {}}""", "configs[0].@type", "'' is no part of a dump that is read here")]
    [InlineData("""{"configs": [{"@type": 5}]}""", "configs[0].@type", "'' is no part of a dump that is read here")]
    [InlineData("""{"configs": [], "bootstrap": {}}""", "bootstrap", "unknown field 'bootstrap' in envoy.admin.v3.ConfigDump; accepted: configs")]
    [InlineData("""{"bootstrap": []}""", "bootstrap", "expected an object (Bootstrap), found a list")]
    [InlineData(
        """{"configs": [{"@type": "t/envoy.admin.v3.BootstrapConfigDump"}, {"@type": "t/envoy.admin.v3.BootstrapConfigDump"}]}""",
        "configs[1]",
        "BootstrapConfigDump stands here twice"
    )]
    [InlineData(
        """{"configs": [{"@type": "t/envoy.admin.v3.BootstrapConfigDump", "bootstrap": {"static_resources": 5, "node": []}}]}""",
        "configs[0].bootstrap.static_resources",
        "expected an object (StaticResources), found a number"
    )]
    [InlineData(
        """{"configs": [{"@type": "t/envoy.admin.v3.ClustersConfigDump", "static_clusters": {"cluster": "x"}}]}""",
        "configs[0].static_clusters[0].cluster",
        "expected an object with @type, found a string"
    )]
    [InlineData(
        """{"configs": [{"@type": "t/envoy.admin.v3.ListenersConfigDump", "dynamic_listeners": [{"active_state": {"listener": {}}}]}]}""",
        "configs[0].dynamic_listeners[0].active_state.listener.@type",
        "expected '@type' type.googleapis.com/envoy.config.listener.v3.Listener, found ''"
    )]
    public void What_has_another_shape_is_told(string text, string path, string message) =>
        Assert.Contains(
            BootstrapLoader.Load(text, "dump.json").Problems,
            problem => problem.Path == path && problem.Message.StartsWith(message, StringComparison.Ordinal)
        );

    [Fact]
    public void Thousands_of_unknown_parts_are_told_up_to_a_bound()
    {
        var parts = string.Join(",\n", Enumerable.Range(0, 5_000).Select(i => $$"""{"@type": "t/envoy.admin.v3.Unheard{{i}}", "x": [{"y": 1}]}"""));

        Assert.Equal(SourceMap.MaxProblems, BootstrapLoader.Load($"{{\"configs\": [{parts}]}}", "dump.json").Problems.Length);
    }

    /// <summary>A thousand listeners on one table of two thousand routes would be two million routes.</summary>
    [Fact]
    public void A_table_is_not_shared_without_bound()
    {
        var routes = string.Join(',', Enumerable.Repeat("""{"match": {"prefix": "/"}, "route": {"cluster": "a"}}""", 2_000));
        var listeners = string.Join(
            ",\n",
            Enumerable
                .Range(0, 1_000)
                .Select(i =>
                    $$$"""{"listener": {"@type": "t/envoy.config.listener.v3.Listener", "name": "l{{{i}}}", "address": {"socket_address": {"address": "127.0.0.1", "port_value": {{{i + 1}}}}}, "filter_chains": [{"filters": [{"name": "hcm", "typed_config": {"@type": "{{{ExampleDump.ConnectionManager}}}", "stat_prefix": "l", "rds": {"config_source": {"ads": {}}, "route_config_name": "t"}, "http_filters": [{"name": "router", "typed_config": {"@type": "{{{ExampleDump.Router}}}"}}]}}]}]}}"""
                )
        );
        var text = $$$"""
            {"configs": [
              {"@type": "t/envoy.admin.v3.ListenersConfigDump", "static_listeners": [{{{listeners}}}]},
              {"@type": "t/envoy.admin.v3.RoutesConfigDump", "dynamic_route_configs": [{"route_config": {
                "@type": "t/envoy.config.route.v3.RouteConfiguration", "name": "t", "virtual_hosts": [{"name": "v", "domains": ["*"], "routes": [{{{routes}}}]}]
              }}]}
            ]}
            """;

        var problem = Assert.Single(BootstrapLoader.Load(text, "dump.json").Problems);
        Assert.Equal("names that are referred to more than once stand for more than 1000000 routes", problem.Message);

        // The first is free, 499 more fit into a million.
        Assert.StartsWith("configs[0].static_listeners[500].", problem.Path);
    }

    /// <summary>Random changes give a snapshot or problems, never an exception.</summary>
    [Theory]
    [InlineData("dump.json")]
    [InlineData("dump.yaml")]
    public void Random_changes_never_throw(string file)
    {
        var random = new RandomStream(1117);
        var refused = 0;
        for (var i = 0; i < 500; i++)
        {
            var text = ExampleDump.Text.ToCharArray();
            for (var change = random.NextModulo(3); change >= 0; change--)
            {
                text[random.NextModulo(text.Length)] = "{}[]:,-*&!#\"' 0a%@\n\t"[(int)random.NextModulo(20)];
            }

            var result = ExampleDump.Load(new string(text), file);
            refused += result.Snapshot is null ? 1 : 0;
            Assert.Equal(result.Snapshot is null, result.Problems.Length > 0);
        }

        Assert.InRange(refused, 100, 499);
    }

    /// <summary>Whole values change: every scalar, list and object of the dump in turn becomes something else.</summary>
    [Theory]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("\"x\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[[{}]]")]
    public void Any_value_may_be_another(string other)
    {
        var colons = Enumerable.Range(0, ExampleDump.Text.Length).Where(i => ExampleDump.Text.AsSpan(i).StartsWith("\": ")).ToArray();
        Assert.True(colons.Length > 150);
        foreach (var at in colons)
        {
            var start = at + 3;
            var text = $"{ExampleDump.Text[..start]}{other}{ExampleDump.Text[EndOfValue(start)..]}";
            var result = ExampleDump.Load(text);

            Assert.DoesNotContain(result.Problems, problem => problem.Message.StartsWith("not valid JSON", StringComparison.Ordinal));
            Assert.Equal(result.Snapshot is null, result.Problems.Length > 0);
        }
    }

    private static int EndOfValue(int start)
    {
        var text = ExampleDump.Text;
        var (depth, quoted) = (0, false);
        for (var i = start; i < text.Length; i++)
        {
            quoted ^= text[i] == '"';
            if (quoted)
            {
                continue;
            }

            if (depth == 0 && text[i] is ',' or '}' or ']' or '\n' && depth == 0)
            {
                return i;
            }

            depth += text[i] is '{' or '[' ? 1 : 0;
            depth -= text[i] is '}' or ']' ? 1 : 0;
        }

        return text.Length;
    }
}
