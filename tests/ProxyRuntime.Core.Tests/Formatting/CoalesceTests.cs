using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class CoalesceTests
{
    [Theory]
    [InlineData("""%COALESCE({"operators": ["REQUESTED_SERVER_NAME", {"command": "REQ", "param": ":authority"}]})%""", "svc.local:8080")]
    [InlineData("""%COALESCE({"operators": ["ROUTE_NAME", {"command": "REQ", "param": "x-a", "max_length": 3}, "PROTOCOL"]})%""", "fir")]
    [InlineData("""%COALESCE({"operators": [{"command": "REQ", "param": "x-a"}]}):2%""", "fi")]
    [InlineData("""%COALESCE({"operators": ["ROUTE_NAME", "CUSTOM_FLAGS"]})%""", "-")]
    [InlineData("""%COALESCE({"operators": ["RESPONSE_CODE"]})%""", "0")]
    public void The_first_value_that_is_not_empty_is_printed(string format, string expected) => Assert.Equal(expected, FormattedStream.New().Print(format));

    [Theory]
    [InlineData("""{"x":"%COALESCE({\"operators\": [\"ROUTE_NAME\", \"RESPONSE_CODE\"]}):1%"}""", """{"x":0}""")]
    [InlineData("""{"x":"%COALESCE({\"operators\": [\"CUSTOM_FLAGS\", \"PROTOCOL\"]}):4%"}""", """{"x":"HTTP"}""")]
    [InlineData("""{"x":"%COALESCE({\"operators\": [\"CUSTOM_FLAGS\"]})%"}""", """{"x":null}""")]
    public void In_json_the_value_keeps_its_type(string format, string expected) => Assert.Equal(expected + "\n", FormattedStream.New().PrintJson(format));

    [Theory]
    [InlineData("", "COALESCE requires a JSON configuration parameter")]
    [InlineData("{}", "COALESCE: JSON configuration must contain 'operators' array")]
    [InlineData("[]", "COALESCE: JSON configuration must contain 'operators' array")]
    [InlineData("""{"operators": []}""", "COALESCE: 'operators' array must not be empty")]
    [InlineData(
        """{"operators": [1]}""",
        "COALESCE: failed to parse operator at index 0: operator entry must be either a string (command name) or an object with 'command' field"
    )]
    [InlineData("""{"operators": ["PROTOCOL", "NOPE"]}""", "COALESCE: failed to parse operator at index 1: unknown command: 'NOPE'")]
    [InlineData("""{"operators": ["REQ"]}""", "COALESCE: failed to parse operator at index 0: REQ requires parameters")]
    [InlineData(
        """{"operators": [{"command": "REQ", "param": "a", "max_length": 0}]}""",
        "COALESCE: failed to parse operator at index 0: 'max_length' must be a positive integer"
    )]
    public void Mistakes_are_named(string json, string error)
    {
        Assert.Null(SubstitutionFormat.TryParse(Encoding.UTF8.GetBytes($"%COALESCE({json})%"), FormatOptions.Default, out var problem));
        Assert.Equal(error, problem!.Message);
    }

    [Fact]
    public void What_is_no_json_is_refused()
    {
        Assert.Null(SubstitutionFormat.TryParse("%COALESCE({)%", out var error));
        Assert.StartsWith("COALESCE: failed to parse JSON configuration: ", error, StringComparison.Ordinal);
    }
}
