namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>What Envoy refuses of the regular expressions of a configuration, wherever they stand.</summary>
public class RegexCheckTests
{
    private const string Route = "{cluster: httpbin_service, auto_host_rewrite: true, timeout: 1s}";

    /// <summary>Sixty letters, the match, and what looks for the begin: 64 instructions. Twice the letters make 124.</summary>
    private const string Sixty = "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff";

    [Theory]
    [InlineData("a(?=b)", "invalid perl operator: (?=")]
    [InlineData("[z-a]", "invalid character class range: z-a")]
    [InlineData("(", "missing ): (")]
    [InlineData("a**", "bad repetition operator: **")]
    public void What_RE2_does_not_take_is_a_problem_in_its_words(string regex, string message) => Assert.Equal([message], Problems(regex));

    [Theory]
    [InlineData(Sixty + "(?P<n>[^/]+)", "")]
    [InlineData(Sixty + Sixty, ", google_re2: {max_program_size: 124}")]
    public void A_program_within_its_limit_is_taken(string regex, string more) => Assert.Empty(Problems(regex, more));

    [Fact]
    public void A_program_of_more_than_100_instructions_is_a_problem() =>
        Assert.Equal(
            [
                $"regex '{Sixty}{Sixty}' RE2 program size of 124 > max program size of 100 set for the error level threshold. "
                    + "Increase configured max program size if necessary.",
            ],
            Problems(Sixty + Sixty)
        );

    [Fact]
    public void An_expression_with_a_limit_of_its_own_is_held_to_that() =>
        Assert.Equal(
            [$"regex '{Sixty}' RE2 program size of 64 > max program size of 63. Increase configured max program size if necessary."],
            Problems(Sixty, ", google_re2: {max_program_size: 63}")
        );

    [Theory]
    [InlineData("{re2.max_program_size.error_level: 124}", true)]
    [InlineData("{re2.max_program_size.error_level: 123}", false)]
    [InlineData("{re2.max_program_size.error_level: 124.9}", true)]
    [InlineData("{re2.max_program_size.error_level: \"124\"}", true)]
    [InlineData("{re2: {max_program_size: {error_level: 124}}}", true)]
    [InlineData("{re2: {max_program_size.error_level: 124}}", true)]
    [InlineData("{re2.max_program_size.error_level: -1}", false)]
    [InlineData("{re2.max_program_size.warn_level: 124}", false)]
    public void The_limit_of_the_others_is_a_runtime_key(string layer, bool taken) =>
        Assert.Equal(taken, Problems(Sixty + Sixty, "", $"[{{name: a, static_layer: {layer}}}]").Count == 0);

    [Fact]
    public void The_last_layer_that_sets_the_limit_counts()
    {
        const string Low = "{name: low, static_layer: {re2.max_program_size.error_level: 50}}";
        const string High = "{name: high, static_layer: {re2.max_program_size.error_level: 70}}";

        Assert.Empty(Problems(Sixty, "", $"[{Low}, {High}, {{name: other, static_layer: {{a: 1}}}}]"));
        Assert.StartsWith($"regex '{Sixty}' RE2 program size of 64 > max program size of 50 ", Assert.Single(Problems(Sixty, "", $"[{High}, {Low}]")));
    }

    /// <summary>The problems of the expression in a rewrite of the good configuration.</summary>
    private static List<string> Problems(string regex, string more = "", string layers = "[]")
    {
        var action = $"{{cluster: httpbin_service, regex_rewrite: {{pattern: {{regex: '{regex}'{more}}}, substitution: x}}}}";
        var text = $"layered_runtime: {{layers: {layers}}}\n{Configurations.Good.Replace(Route, action, StringComparison.Ordinal)}";
        return
        [
            .. BootstrapLoader
                .Load(text, "envoy.yaml")
                .Problems.Where(static problem => !problem.Unsupported && problem.Path.EndsWith("regex_rewrite.pattern.regex", StringComparison.Ordinal))
                .Select(static problem => problem.Message),
        ];
    }
}
