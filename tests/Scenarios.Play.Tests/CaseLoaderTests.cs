namespace MeshSim.Scenarios.Play.Tests;

public class CaseLoaderTests
{
    [Theory]
    [InlineData("[", "cases.json:1:2: ")]
    [InlineData("{}", "cases.json: expected a list of cases, found Object")]
    [InlineData("[{}]", "cases.json: [0]: 'name' is missing")]
    [InlineData("[{\"name\": \"a/b\"}]", "cases.json: [0].name: 'a/b' is no name of a case")]
    [InlineData("[{\"name\": \"a\"}]", "cases.json: [0] 'a': 'config' is missing")]
    [InlineData("[{\"name\": \"a\", \"config\": {}, \"steps\": [{}]}]", "cases.json: [0] 'a'.steps[0]: 'do' is missing")]
    [InlineData("[{\"name\": \"a\", \"config\": {}, \"steps\": [{\"do\": \"series\"}]}]", "cases.json: [0] 'a'.steps[0]: 'n' is missing")]
    [InlineData(
        "[{\"name\": \"a\", \"config\": {}, \"steps\": [{\"do\": \"sleep\", \"s\": -1}]}]",
        "cases.json: [0] 'a'.steps[0].s: expected a number from 0 to a million"
    )]
    [InlineData("[{\"name\": \"a\", \"config\": {}, \"steps\": {}}]", "cases.json: [0] 'a'.steps: expected a list, found Object")]
    [InlineData("[{\"name\": \"a\", \"config\": {}, \"endpoints\": {\"e\": {}}}]", "cases.json: [0] 'a'.endpoints.e: 'port' is missing")]
    [InlineData("[{\"name\": \"a\", \"config\": {}, \"endpoints\": {\"e\": {\"port\": 1, \"h2\": {}}}}]", "cases.json: [0] 'a'.endpoints.e.h2: ")]
    public void What_is_no_case_is_refused_with_its_place(string text, string message)
    {
        var error = Assert.Throws<CaseFormatException>(() => CaseLoader.Load(text, "cases.json"));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_of_another_kind_is_left_for_the_player_to_refuse()
    {
        var played = Assert.Single(CaseLoader.Load("[" + Cases.Text([""], """{"do": "h2"}""") + "]", "cases.json"));

        Assert.IsType<OtherStep>(Assert.Single(played.Steps));
        Assert.Equal("a step 'h2' is not played in virtual time", CasePlayer.Play(played, 1)["output_tail"]!.GetValue<string>());
    }
}
