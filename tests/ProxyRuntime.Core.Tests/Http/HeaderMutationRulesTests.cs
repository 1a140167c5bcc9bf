using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Which headers a service may change; each case is an operation, a header and whether it is allowed.</summary>
public class HeaderMutationRulesTests
{
    [Theory]
    [InlineData("Set", "x-a", "1", true)]
    [InlineData("Append", "x-a", "1", true)]
    [InlineData("Remove", "x-a", "", true)]
    [InlineData("Set", "x-a", "a\nb", false)]
    [InlineData("Remove", "x-a", "a\nb", true)]
    [InlineData("Set", "host", "a", false)]
    [InlineData("Set", ":authority", "a", false)]
    [InlineData("Set", ":method", "GET", false)]
    [InlineData("Set", ":scheme", "http", false)]
    [InlineData("Set", ":path", "/a", true)]
    [InlineData("Append", ":path", "/a", false)]
    [InlineData("Remove", ":path", "", false)]
    [InlineData("Remove", "host", "", false)]
    [InlineData("Set", "x-envoy-a", "1", false)]
    [InlineData("Remove", "x-envoy-a", "", false)]
    [InlineData("Set", "x-envo", "1", true)]
    [InlineData("Set", ":status", "199", false)]
    [InlineData("Set", ":status", "200", true)]
    [InlineData("Set", ":status", "200x", false)]
    public void By_default_neither_routing_nor_Envoys_headers_change(string operation, string name, string value, bool allowed) =>
        AssertAllows(new HeaderMutationRules(), operation, name, value, allowed);

    [Theory]
    [InlineData("host", "a.example", true)]
    [InlineData("host", "a b", false)]
    [InlineData(":authority", "a.example", true)]
    [InlineData(":authority", "a b", false)]
    [InlineData(":method", "PUT", true)]
    [InlineData(":scheme", "HTTPS", true)]
    [InlineData(":scheme", "http", true)]
    [InlineData(":scheme", "ftp", false)]
    [InlineData("x-envoy-a", "1", false)]
    public void Routing_may_be_allowed_with_values_that_make_sense(string name, string value, bool allowed) =>
        AssertAllows(new HeaderMutationRules { AllowAllRouting = true }, "Set", name, value, allowed);

    [Fact]
    public void Even_where_routing_is_allowed_system_headers_and_the_host_are_not_removed()
    {
        var rules = new HeaderMutationRules { AllowAllRouting = true, AllowExpression = Snapshots.Regex(".*") };

        AssertAllows(rules, "Remove", ":path", "", allowed: false);
        AssertAllows(rules, "Remove", "host", "", allowed: false);
        AssertAllows(rules, "Remove", "x-a", "", allowed: true);
    }

    [Theory]
    [InlineData("x-envoy-a", true)]
    [InlineData("x-a", true)]
    [InlineData("host", false)]
    public void Envoys_headers_may_be_allowed(string name, bool allowed) =>
        AssertAllows(new HeaderMutationRules { AllowEnvoy = true }, "Set", name, "1", allowed);

    [Theory]
    [InlineData(":path", false)]
    [InlineData(":method", false)]
    [InlineData("host", true)]
    [InlineData("x-a", true)]
    public void System_headers_may_be_forbidden(string name, bool allowed) =>
        AssertAllows(new HeaderMutationRules { AllowAllRouting = true, DisallowSystem = true }, "Set", name, "a", allowed);

    [Theory]
    [InlineData("x-good", true)]
    [InlineData("x-good-not", false)]
    [InlineData("x-a", false)]
    public void Everything_may_be_forbidden_but_what_an_expression_allows(string name, bool allowed) =>
        AssertAllows(new HeaderMutationRules { DisallowAll = true, AllowExpression = Snapshots.Regex("x-g..d") }, "Set", name, "1", allowed);

    [Theory]
    [InlineData("x-envoy-a", true)]
    [InlineData("x-envoy-bad", false)]
    [InlineData("x-bad", false)]
    [InlineData("x-badly", true)]
    public void The_expression_that_forbids_is_the_strongest(string name, bool allowed) =>
        AssertAllows(
            new HeaderMutationRules { AllowExpression = Snapshots.Regex("x-envoy-.*"), DisallowExpression = Snapshots.Regex(".*bad") },
            "Set",
            name,
            "1",
            allowed
        );

    private static void AssertAllows(HeaderMutationRules rules, string operation, string name, string value, bool allowed)
    {
        var (kind, nameBytes, valueBytes) = (Enum.Parse<HeaderOperation>(operation), Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value));

        Assert.Equal(allowed ? HeaderVerdict.Allow : HeaderVerdict.Ignore, rules.Check(kind, nameBytes, valueBytes));
        Assert.Equal(allowed ? HeaderVerdict.Allow : HeaderVerdict.Fail, (rules with { DisallowIsError = true }).Check(kind, nameBytes, valueBytes));
    }
}
