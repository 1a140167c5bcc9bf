using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class JsonFormatTests
{
    private static readonly FormatOptions Omit = new() { OmitEmptyValues = true };

    [Fact]
    public void Fields_are_sorted_single_operators_keep_their_type_and_what_is_missing_is_null()
    {
        var info = FormattedStream.Answered();
        info.RequestHeaders.Add("x-q", "a\"b\\c");

        Assert.Equal(
            """{"both":"GET 200","dash":"- x","fixed":"text","flags":"-","nested":{"host":"10.0.0.1:80","n":1},"none":null,"q":"a\"b\\c","status":200}"""
                + "\n",
            info.PrintJson(
                """
                {"status":"%RESPONSE_CODE%","both":"%REQ(:METHOD)% %RESPONSE_CODE%","none":"%REQ(X-NONE)%","q":"%REQ(X-Q)%","dash":"%REQ(X-NONE)% x",
                "nested":{"n":"%UPSTREAM_REQUEST_ATTEMPT_COUNT%","host":"%UPSTREAM_HOST%"},"fixed":"text","flags":"%RESPONSE_FLAGS%"}
                """
            )
        );
    }

    [Fact]
    public void Lists_numbers_bools_nulls_and_percent_signs()
    {
        Assert.Equal(
            """{"list":["a",1,2.5,true,null,{},[],"HTTP/1.1"],"percent":"100%"}""" + "\n",
            FormattedStream.New().PrintJson("""{"percent":"100%%","list":["a",1,2.5,true,null,{},[],"%PROTOCOL%"]}""")
        );
    }

    [Fact]
    public void Metadata_comes_with_its_type_and_is_never_cut() =>
        Assert.Equal(
            """{"absent":null,"list":[1,"two",null],"n":1.5,"obj":{"a":1,"b":true},"text":"v"}""" + "\n",
            FormattedStream
                .Answered()
                .PrintJson(
                    """
                    {"obj":"%METADATA(ROUTE:ns:obj):3%","list":"%METADATA(ROUTE:ns:list)%","n":"%METADATA(ROUTE:ns:n)%","text":"%METADATA(ROUTE:ns:key):0%",
                    "absent":"%METADATA(ROUTE:ns:none)%"}
                    """
                )
        );

    [Fact]
    public void With_omit_empty_values_nulls_go_objects_that_become_empty_go_and_lists_stay()
    {
        Assert.Equal(
            """{"keep":"GET","list":["GET"],"mixed":" x","none":[]}""" + "\n",
            FormattedStream
                .New()
                .PrintJson(
                    """
                    {"a":"%REQ(x-no)%","b":null,"c":{"d":{"e":"%ROUTE_NAME%"}},"keep":"%REQ(:METHOD)%","list":["%ROUTE_NAME%","%REQ(:METHOD)%",null,{}],
                    "mixed":"%REQ(x-no)% x","none":["%ROUTE_NAME%"]}
                    """,
                    Omit
                )
        );
        Assert.Equal("{}\n", FormattedStream.New().PrintJson("""{"a":"%REQ(x-no)%"}""", Omit));
    }

    [Fact]
    public void Operators_with_no_value_of_their_own_are_null_or_empty_as_in_envoy() =>
        Assert.Equal(
            """{"body":"","code":0,"custom":"","endpoint":null,"env":"-","port":null}""" + "\n",
            FormattedStream
                .New()
                .PrintJson(
                    """
                    {"env":"%ENVIRONMENT(X)%","custom":"%CUSTOM_FLAGS%","code":"%RESPONSE_CODE%","port":"%UPSTREAM_REMOTE_PORT%","body":"%LOCAL_REPLY_BODY%",
                    "endpoint":"%DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID%"}
                    """
                )
        );

    [Fact]
    public void Numbers_pass_through_doubles_as_in_envoy() =>
        Assert.Equal("""{"b":1e+05}""" + "\n", FormattedStream.Answered().PrintJson("""{"b":"%BYTES_SENT%"}"""));

    [Fact]
    public void Names_are_escaped_too() => Assert.Equal("""{"a\"\n":1}""" + "\n", FormattedStream.New().PrintJson("""{"a\"\n":1}"""));

    [Fact]
    public void All_problems_are_reported_with_the_way_to_them()
    {
        var format = MetadataJson.Parse("""{"a":{"b":["x","%NOPE%"]},"c":"50%","d":"%CEL(x)%"}"""u8.ToArray());

        Assert.Null(SubstitutionFormat.TryParseJson(format, FormatOptions.Default, out var problems));
        Assert.Equal(
            [
                "a.b.1: Not supported field in StreamInfo: NOPE",
                "c: Incorrect configuration: 50%. Couldn't find valid command at position 2",
                "d: operator %CEL% is not supported yet",
            ],
            problems.Select(static problem => $"{string.Join('.', problem.Path.Select(static step => step.Field ?? $"{step.Item}"))}: {problem.Message}")
        );
    }

    [Fact]
    public void A_header_that_is_no_utf8_is_escaped_byte_by_byte()
    {
        var info = FormattedStream.New();
        info.RequestHeaders.Add("x-latin"u8, [(byte)'"', 0xE9, (byte)'a']);
        info.RequestHeaders.Add("x-utf8"u8, Encoding.UTF8.GetBytes("é\""));

        Assert.Equal("{\"l\":\"\\u0022\\u00e9a\",\"u\":\"é\\\"\"}\n", info.PrintJson("""{"l":"%REQ(x-latin)%","u":"%REQ(x-utf8)%"}"""));
    }
}
