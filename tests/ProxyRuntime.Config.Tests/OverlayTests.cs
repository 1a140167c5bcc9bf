namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>--config-yaml is merged over -c as protobuf merges messages.</summary>
public class OverlayTests
{
    private const string Under = """
        node: {id: one, cluster: fleet, metadata: {a: {x: 1}, b: 2}}
        static_resources:
          clusters:
          - {name: a, connect_timeout: 3s}
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}
        """;

    [Fact]
    public void Objects_merge_and_lists_grow()
    {
        var snapshot = Load("node: {id: two}\nstaticResources: {clusters: {name: b, connectTimeout: 4s}}").Snapshot!;

        Assert.Equal(("two", "fleet"), (snapshot.Node.Id, snapshot.Node.Cluster));
        Assert.Equal(["a", "b"], snapshot.Clusters.Select(cluster => cluster.Name));
    }

    [Fact]
    public void What_an_absent_field_holds_changes_nothing() => Assert.Equal("one", Load("node: {id: \"\"}").Snapshot!.Node.Id);

    [Fact]
    public void A_member_of_a_oneof_takes_the_place_of_the_other()
    {
        var problem = Assert.Single(Load("admin: {address: {pipe: {path: /tmp/admin}}}").Problems);

        Assert.True(problem.Unsupported, problem.ToString());
        Assert.Equal("admin.address.pipe", problem.Path);
    }

    [Fact]
    public void Mistakes_are_told_in_the_file_they_stand_in()
    {
        var problems = BootstrapLoader.Load("node: {idd: a}", "c.yaml", new ConfigOverlay("node: {clusterr: b}")).Problems;

        Assert.Equal([("--config-yaml", 1, 8), ("c.yaml", 1, 8)], problems.Select(problem => (problem.File, problem.Line, problem.Column)));
    }

    [Fact]
    public void The_overlay_may_be_all_there_is() =>
        Assert.Equal("two", BootstrapLoader.Load("", "c.yaml", new ConfigOverlay("node: {id: two}")).Snapshot!.Node.Id);

    [Fact]
    public void A_broken_overlay_is_told() => Assert.StartsWith("not valid YAML", Assert.Single(Load("node: [").Problems).Message);

    private static ConfigResult Load(string overlay) => BootstrapLoader.Load(Under, "c.yaml", new ConfigOverlay(overlay));
}
