using System.Reflection;

namespace MeshSim.Architecture.Tests;

public class ReferenceTests
{
    public static TheoryData<string> Assemblies => [.. ReferenceRules.Projects];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_built_assembly_knows_only_what_it_may(string name) =>
        Assert.Empty(ReferenceRules.Violations(name, Assembly.Load(name).GetReferencedAssemblies().Select(reference => reference.Name!)));

    [Theory]
    [InlineData("MeshSim.ProxyRuntime.Core", "MeshSim.ProxyRuntime.Config")]
    [InlineData("MeshSim.ProxyRuntime.Core", "YamlDotNet")]
    [InlineData("MeshSim.ProxyRuntime.Live", "MeshSim.Scenarios.Engine")]
    [InlineData("MeshSim.Scenarios.Engine", "MeshSim.ProxyRuntime.Live")]
    [InlineData("MeshSim.Scenarios.Engine", "Orleans.Core")]
    public void A_violation_is_seen(string assembly, string reference) => Assert.Single(ReferenceRules.Violations(assembly, [reference]));

    /// <summary>Public signatures of the deterministic projects name no task, clock, stream or socket.</summary>
    [Theory]
    [InlineData("MeshSim.ProxyRuntime.Core")]
    [InlineData("MeshSim.ProxyRuntime.Config")]
    [InlineData("MeshSim.ProxyRuntime.Admin")]
    [InlineData("MeshSim.Scenarios.Model")]
    [InlineData("MeshSim.Scenarios.Engine")]
    public void Deterministic_signatures_are_free_of_the_outside_world(string name) =>
        Assert.Empty(Assembly.Load(name).GetExportedTypes().SelectMany(SignatureRules.Violations));

    [Fact]
    public void A_signature_with_a_task_is_seen() => Assert.NotEmpty(SignatureRules.Violations(typeof(IAsyncDisposable)));
}
