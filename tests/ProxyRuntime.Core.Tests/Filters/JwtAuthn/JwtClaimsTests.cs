using System.Text;
using System.Text.Json;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class JwtClaimsTests
{
    [Theory]
    [InlineData("\"text\"", "text")]
    [InlineData("\"\\u00e9\\n\"", "é\n")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("42", "42")]
    [InlineData("1.7e9", "1700000000")]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("18446744073709549568", "18446744073709549568")]
    [InlineData("18446744073709551616", "18446744073709551616.000000")]
    [InlineData("-3", "-3.000000")]
    [InlineData("1.5", "1.500000")]
    [InlineData("0.0078125", "0.007812")]
    [InlineData("0.0234375", "0.023438")]
    [InlineData("1e-9", "0.000000")]
    [InlineData("1e22", "10000000000000000000000.000000")]
    [InlineData("\"\"", null)]
    [InlineData("null", null)]
    public void A_claim_is_written_as_Envoy_writes_it(string json, string? text) => Assert.Equal(text, Find($$"""{"claim":{{json}}}""", "claim"));

    [Theory]
    [InlineData("a.b.c", "deep")]
    [InlineData("a.b", "eyJjIjoiZGVlcCJ9")]
    [InlineData("list", "WzEsIngiXQ==")]
    [InlineData("a.b.c.d", null)]
    [InlineData("a.x", null)]
    [InlineData("x", null)]
    [InlineData("list.0", null)]
    [InlineData("", "empty")]
    [InlineData("a.", "inner")]
    [InlineData("A.b.c", null)]
    public void A_path_leads_into_objects(string path, string? text) =>
        Assert.Equal(text, Find("""{"a":{"b":{"c":"deep"},"":"inner"},"list":[1, "x"],"":"empty","a.b.c":"flat"}""", path.Split('.')));

    [Fact]
    public void A_name_with_dots_can_be_asked_for_as_one() => Assert.Equal("flat", Find("""{"a.b":"flat"}""", "a.b"));

    [Theory]
    [InlineData("""{ "b" : [ ] , "a" : { } }""", """{"b":[],"a":{}}""")]
    [InlineData("""[true,false,null,"x"]""", """[true,false,null,"x"]""")]
    [InlineData("[1,-1,1.5,0.1,1e15,123456789012345,1e-5,0.0001]", "[1,-1,1.5,0.1,1e+15,123456789012345,1e-05,0.0001]")]
    [InlineData("[0.30000000000000004,1.7976931348623157e308,9007199254740993]", "[0.30000000000000004,1.7976931348623157e+308,9007199254740992]")]
    [InlineData("""["\"\\\/\b\f\n\r\t\u0001<>\u007f\u0085"]""", """["\"\\/\b\f\n\r\t\u0001\u003c\u003e\u007f\u0085"]""")]
    [InlineData("""["é\u00ad\u200b\u2028\ufeff😀\ud834\udd73'&"]""", """["é\u00ad\u200b\u2028\ufeff😀\ud834\udd73'&"]""")]
    public void Objects_and_lists_are_written_as_protobuf_prints_them(string json, string text)
    {
        using var document = JsonDocument.Parse(json);

        Assert.Equal(text, ProtobufJson.Write(document.RootElement));
    }

    /// <summary>208 of protobuf's list and the two of JSON.</summary>
    [Fact]
    public void Of_all_characters_210_are_escaped()
    {
        var all = Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(value => new Rune(value).ToString()).ToArray();
        using var document = JsonDocument.Parse(JsonSerializer.Serialize(all));

        var escaped = document.RootElement.EnumerateArray().Where((item, i) => ProtobufJson.Write(item) != $"\"{all[i]}\"").Select(item => item.GetString()!);

        Assert.Equal(210, escaped.Count());
        Assert.Contains("\u2064", escaped);
        Assert.Contains("\U000e007f", escaped);
        Assert.DoesNotContain("\u2065", escaped);
    }

    [Fact]
    public void A_list_goes_into_the_header_in_Base64() =>
        Assert.Equal(Convert.ToBase64String(Encoding.UTF8.GetBytes("""["é",{"x":2}]""")), Find("""{"l":[ "é", {"x":2.0} ]}""", "l"));

    private static string? Find(string claims, params string[] path) =>
        JwtClaims.FindText(TestTokens.Parse(TestTokens.Unsigned("""{"alg":"RS256"}""", claims)), path);
}
