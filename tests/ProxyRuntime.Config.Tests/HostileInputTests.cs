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

        Assert.Contains("aliases stand for more than", Assert.Single(BootstrapLoader.Load(text, "bomb.yaml").Problems).Message, StringComparison.Ordinal);
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

    /// <summary>Each anchor wraps the one before in many levels: few lines, little text, and a depth that would end a stack.</summary>
    [Fact]
    public void Aliases_do_not_nest_without_bound()
    {
        var open = string.Concat(Enumerable.Repeat("[", 300));
        var close = string.Concat(Enumerable.Repeat("]", 300));
        var text = $"a0: &a0 x\n{string.Concat(Enumerable.Range(1, 400).Select(i => $"a{i}: &a{i} {open}*a{i - 1}{close}\n"))}";

        Assert.Contains("nested deeper", Assert.Single(BootstrapLoader.Load(text, "deep.yaml").Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deep.json")]
    [InlineData("deep.yaml")]
    public void Depth_within_the_bound_is_read(string file)
    {
        var depth = 300;
        var open = string.Concat(Enumerable.Repeat("{\"a\": [", depth));
        var text = $"{{\"node\": {{\"metadata\": {open}1{string.Concat(Enumerable.Repeat("]}", depth))}}}}}";

        Assert.Empty(BootstrapLoader.Load(text, file).Problems);
        Assert.Contains(
            "depth",
            BootstrapLoader
                .Load(text.Replace("1]", $"{open}1{string.Concat(Enumerable.Repeat("]}", depth))}]", StringComparison.Ordinal), "deep.json")
                .Problems[0]
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Long_texts_are_fine()
    {
        var text = new string('x', 5_000_000);

        Assert.Equal(text, BootstrapLoader.Load($"node: {{id: {text}}}", "long.yaml").Snapshot!.Node.Id);
    }

    [Fact]
    public void Problems_are_bounded()
    {
        var text = $"node: {{metadata: {{a: 1}}, extensions: [{string.Concat(Enumerable.Repeat("{nope: 1},", 50_000))}]}}";

        Assert.Equal(SourceMap.MaxProblems, BootstrapLoader.Load(text, "many.yaml").Problems.Length);
    }

    /// <summary>Any byte may become any other, also in the JSON form.</summary>
    [Theory]
    [InlineData("envoy.yaml")]
    [InlineData("envoy.json")]
    public void Random_bytes_never_throw(string file)
    {
        var good = System.Text.Encoding.UTF8.GetBytes(
            file == "envoy.yaml"
                ? Configurations.Good
                : """{"static_resources": {"clusters": [{"name": "a\u00e4", "connect_timeout": "1.5s", "type": 1, "circuit_breakers": {"thresholds": [{"max_retries": 3e0}]}}]}}"""
        );
        var random = new RandomStream(977);
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = (byte[])good.Clone();
            for (var change = random.NextModulo(3); change >= 0; change--)
            {
                bytes[random.NextModulo(bytes.Length)] = (byte)random.NextModulo(256);
            }

            var result = BootstrapLoader.Load(System.Text.Encoding.UTF8.GetString(bytes), file);
            Assert.Equal(result.Snapshot is null, result.Problems.Length > 0);
        }
    }
}
