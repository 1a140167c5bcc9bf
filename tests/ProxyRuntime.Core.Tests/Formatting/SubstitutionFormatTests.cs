using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class SubstitutionFormatTests
{
    [Theory]
    [InlineData("%REQ(:METHOD)% %REQ(X-NONE?:PATH):3%", "GET /lo")]
    [InlineData("%REQUEST_HEADER(x-a)% %STREAM_INFO_REQ(X-A):0%.", "first .")]
    [InlineData("%REQ(host)% %REQ(:SCHEME)%", "svc.local:8080 http")]
    [InlineData("100%% [%REQ(X-NO):3%] %%REQ(x-a)%%", "100% [-] %REQ(x-a)%")]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    public void Headers_and_text(string format, string expected) => Assert.Equal(expected, FormattedStream.New().Print(format));

    [Fact]
    public void The_default_line_is_the_one_of_envoy()
    {
        var info = FormattedStream.Answered();
        info.RequestHeaders.Add("x-forwarded-for", "192.0.2.7");
        info.RequestHeaders.Add("user-agent", "ua");
        info.ResponseHeaders!.Add("x-envoy-upstream-service-time", "7");

        Assert.Equal(
            "[2023-11-14T22:13:20.124Z] \"GET /long/path?a=1&b=%20x&b=2&empty HTTP/1.1\" 200 - 5 100000 14 7 \"192.0.2.7\" \"ua\" \"id-1\" "
                + "\"svc.local:8080\" \"10.0.0.1:80\"\n",
            info.Print(SubstitutionFormat.DefaultText)
        );
    }

    [Theory]
    [InlineData("%REQ(x-no)%|%ROUTE_NAME%|%RESPONSE_FLAGS%|%ENVIRONMENT(NOT_SET)%", "||-|-")]
    public void What_is_not_known_leaves_nothing_with_omit_empty_values_but_some_operators_have_a_dash_of_their_own(string format, string expected) =>
        Assert.Equal(expected, FormattedStream.New().Print(format, new FormatOptions { OmitEmptyValues = true }));

    [Fact]
    public void Values_of_headers_leave_out_what_is_not_known()
    {
        var output = new ByteBuffer();
        SubstitutionFormat.TryParse("v-%REQ(x-no)%%ROUTE_NAME%-%RESPONSE_FLAGS%", out _)!.WriteValue(FormattedStream.New(), output);

        Assert.Equal("v---", Encoding.UTF8.GetString(output.Span));
    }

    [Theory]
    [InlineData("50%", "Incorrect configuration: 50%. Couldn't find valid command at position 2")]
    [InlineData("%REQ(x):abc%", "Incorrect configuration: %REQ(x):abc%. Couldn't find valid command at position 0")]
    [InlineData("é %lower%", "Incorrect configuration: é %lower%. Couldn't find valid command at position 3")]
    [InlineData("%REQ(x", "Incorrect configuration: %REQ(x. Couldn't find valid command at position 0")]
    [InlineData("%REQ(x):99999999999999999999%", "Incorrect configuration: %REQ(x):99999999999999999999%. Couldn't find valid command at position 0")]
    [InlineData("%REQ(a\nb)%", "Incorrect configuration: %REQ(a\nb)%. Couldn't find valid command at position 0")]
    [InlineData("%NOPE%", "Not supported field in StreamInfo: NOPE")]
    [InlineData("%REQ(A?B?C)%", "More than 1 alternative header specified in token: A?B?C")]
    [InlineData("%REQ(a b)%", "Invalid header configuration. Format string contains invalid characters.")]
    [InlineData("%REQ%", "REQ requires parameters")]
    [InlineData("%REQ()%", "REQ requires parameters")]
    [InlineData("%PROTOCOL(x)%", "PROTOCOL does not take any parameters or length")]
    [InlineData("%PROTOCOL:3%", "PROTOCOL does not take any parameters or length")]
    [InlineData("%START_TIME:3%", "START_TIME does not allow length to be specified.")]
    [InlineData("%START_TIME(%n)%", "Invalid header configuration. Format string contains newline.")]
    [InlineData("%GRPC_STATUS(SMALL)%", "GrpcStatusFormatter only supports CAMEL_STRING, SNAKE_STRING or NUMBER.")]
    [InlineData("%PATH(X)%", "Invalid PATH option: 'X', only 'WQ'/'NQ' are allowed")]
    [InlineData("%PATH(WQ:X)%", "Invalid PATH option: 'X', only 'ORIG'/'PATH'/'ORIG_OR_PATH' are allowed")]
    [InlineData("%METADATA(NODE:ns)%", "NODE is not supported type of metadata")]
    [InlineData("%FILTER_STATE%", "Invalid filter state configuration, key cannot be empty.")]
    [InlineData("%FILTER_STATE(k:BYTES)%", "Invalid filter state serialize type, only support PLAIN/TYPED/FIELD.")]
    [InlineData("%FILTER_STATE(k:FIELD)%", "Invalid filter state serialize type, FIELD should be used with the field name.")]
    [InlineData("%COMMON_DURATION(DS_RX_BEG)%", "Invalid common duration configuration: DS_RX_BEG.")]
    [InlineData("%COMMON_DURATION(DS_RX_BEG:DS_RX_END:s)%", "Invalid common duration precision: s.")]
    [InlineData("%REQ_WITHOUT_QUERY(:PATH)%", "Not supported field in StreamInfo: REQ_WITHOUT_QUERY")]
    [InlineData("%CEL(response.code)%", "operator %CEL% is not supported yet")]
    public void Mistakes_are_named_as_envoy_names_them(string format, string error)
    {
        Assert.Null(SubstitutionFormat.TryParse(format, out var said));
        Assert.Equal(error, said);
    }

    [Theory]
    [InlineData("%NOPE%", FormatProblemKind.UnknownOperator, "NOPE")]
    [InlineData("%TYPED_CEL(x)%", FormatProblemKind.Unsupported, "TYPED_CEL")]
    [InlineData("%REQ%", FormatProblemKind.Invalid, "REQ")]
    [InlineData("%", FormatProblemKind.Invalid, "")]
    public void Problems_tell_whose_fault_they_are(string format, FormatProblemKind kind, string name)
    {
        Assert.Null(SubstitutionFormat.TryParse(Encoding.UTF8.GetBytes(format), FormatOptions.Default, out var problem));
        Assert.Equal((kind, name), (problem!.Kind, problem.Operator));
    }

    [Fact]
    public void Parameters_may_contain_parentheses_as_long_as_the_operator_cannot_end_there() =>
        Assert.Equal("a)b", FormattedStream.New().Print("%START_TIME(a)b)%"));

    [Fact]
    public void Bytes_that_are_no_text_stay_as_they_are()
    {
        var output = new ByteBuffer();
        SubstitutionFormat.TryParse([0xFF, (byte)'%', (byte)'%', 0xE9], FormatOptions.Default, out _)!.Write(FormattedStream.New(), output);

        Assert.Equal([0xFF, (byte)'%', 0xE9], output.Span.ToArray());
    }

    [Fact]
    public void Req_without_query_is_there_only_with_its_formatter() =>
        Assert.Equal(
            "/long/path /lon -",
            FormattedStream
                .New()
                .Print("%REQ_WITHOUT_QUERY(x?:path)% %REQ_WITHOUT_QUERY(:path):4% %REQ_WITHOUT_QUERY(x)%", new FormatOptions { ReqWithoutQuery = true })
        );

    [Fact]
    public void Every_operator_of_envoy_is_known_by_name()
    {
        Assert.Contains("UPSTREAM_HOST", SubstitutionFormat.OperatorNames);
        Assert.Contains("CEL", SubstitutionFormat.OperatorNames);
        Assert.Equal(SubstitutionFormat.OperatorNames.Order(StringComparer.Ordinal), SubstitutionFormat.OperatorNames);
    }
}
