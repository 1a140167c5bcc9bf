using System.Reflection;
using System.Text.RegularExpressions;

namespace MeshSim.Architecture.Tests;

public class DocumentTests
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>A type, a member, or a type and its member, in back ticks.</summary>
    private static readonly Regex Names = new(
        "`(?<name>[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*(?:\\.[A-Z][A-Za-z0-9]+)?)`",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    );

    private static string Root =>
        typeof(DocumentTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static entry => entry.Key == "Root").Value!;

    /// <summary>Who follows the document through the code must find what it names.</summary>
    [Fact]
    public void The_life_of_a_request_names_what_there_is()
    {
        var text = File.ReadAllText(Path.Combine(Root, "docs", "life-of-a-request.md"));
        var unknown = Unknown(text);

        Assert.Equal([], unknown);
        Assert.True(Names.Count(text) > 60);
    }

    [Theory]
    [InlineData("`Worker.RequestHead`", "Worker.RequestHead")]
    [InlineData("`Wroker`", "Wroker")]
    [InlineData("`OpenConection`", "OpenConection")]
    public void A_name_that_is_none_is_seen(string text, string name) => Assert.Equal([name], Unknown(text));

    private static List<string> Unknown(string text)
    {
        var types = ReferenceRules.Projects.SelectMany(static name => Assembly.Load(name).GetTypes()).ToArray();
        var typeNames = types.Select(static type => type.Name).ToHashSet(StringComparer.Ordinal);
        var members = types.SelectMany(static type => type.GetMembers(Any).Select(member => $"{type.Name}.{member.Name}")).ToHashSet(StringComparer.Ordinal);
        var memberNames = members.Select(static name => name[(name.IndexOf('.') + 1)..]).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Names
                .Matches(text)
                .Select(static match => match.Groups["name"].Value)
                .Where(name => !(name.Contains('.') ? members.Contains(name) : typeNames.Contains(name) || memberNames.Contains(name)))
                .Distinct(),
        ];
    }
}
