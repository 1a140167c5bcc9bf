using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

public class HostileInputTests
{
    [Fact]
    public void Aliases_that_multiply_are_refused()
    {
        var text =
            "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
            + string.Concat(
                Enumerable
                    .Range(1, 9)
                    .Select(i => $"{(char)('a' + i)}: &{(char)('a' + i)} [{string.Join(',', Enumerable.Repeat($"*{(char)('a' + i - 1)}", 10))}]\n")
            );

        Assert.Contains("aliases stand for more th", Assert.Single(BootstrapLoader.Load(text, "bomb.yaml").Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_is_bounded() =>
        Assert.Contains(
            "nested deeper",
            Assert
                .Single(BootstrapLoader.Load(string.Concat(Enumerable.Repeat("[", 5_000)) + string.Concat(Enumerable.Repeat("]", 5_000)), "deep.yaml").Problems)
                .Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("a: 1\na: 2", "stands here twice")]
    [InlineData("a: [", "not valid YAML")]
    [InlineData("a: *b", "unknown anchor 'b'")]
    [InlineData("a: 1\n---\nb: 2", "more than one document")]
    [InlineData("- 1", "expected an object")]
    public void Broken_documents_are_told_and_nothing_is_thrown(string text, string message) =>
        Assert.Contains(BootstrapLoader.Load(text, "x.yaml").Problems, problem => problem.Message.Contains(message, StringComparison.Ordinal));

    /// <summary>Three thousand random changes of a good configuration: each gives a snapshot or problems, never an exception.</summary>
    [Fact]
    public void Random_changes_never_throw()
    {
        var random = new RandomStream(4242);
        var refused = 0;
        for (var i = 0; i < 3_000; i++)
        {
            var text = Configurations.Good.ToCharArray();
            for (var change = random.NextModulo(4); change >= 0; change--)
            {
                text[random.NextModulo(text.Length)] = "{}[]:,-*&!#\"' 0a%@\n\t"[(int)random.NextModulo(20)];
            }

            var result = BootstrapLoader.Load(new string(text), "envoy.yaml");
            refused += result.Snapshot is null ? 1 : 0;
            Assert.Equal(result.Snapshot is null, result.Problems.Length > 0);
        }

        Assert.InRange(refused, 300, 2_990);
    }
}
