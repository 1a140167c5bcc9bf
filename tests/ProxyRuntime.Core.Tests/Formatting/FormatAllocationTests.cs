namespace MeshSim.ProxyRuntime.Core.Tests;

public class FormatAllocationTests
{
    [Theory]
    [InlineData(SubstitutionFormat.DefaultText)]
    [InlineData("%START_TIME(%Y-%m-%d %a %s.%6f)% %EMIT_TIME% %DURATION% %COMMON_DURATION(DS_RX_BEG:US_TX_END:us)%\n")]
    [InlineData("%UPSTREAM_CLUSTER% %ROUTE_NAME% %RESPONSE_CODE_DETAILS% %UPSTREAM_HOSTS_ATTEMPTED% %UPSTREAM_LOCAL_ADDRESS%\n")]
    [InlineData("%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(16)% %PATH(NQ)% %QUERY_PARAM(b)% %GRPC_STATUS% %METADATA(ROUTE:ns:key)% %METADATA(ROUTE:ns:n)%\n")]
    public void A_line_allocates_nothing(string format) => AssertNothingAllocated(SubstitutionFormat.TryParse(format, out _)!);

    [Fact]
    public void A_line_of_json_allocates_nothing()
    {
        var format = MetadataJson.Parse(
            """
            {"time":"%START_TIME%","path":"%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%","code":"%RESPONSE_CODE%","sent":"%BYTES_SENT%","q":"%REQ(x-q)%",
            "nested":{"host":"%UPSTREAM_HOST%","none":"%REQ(x-no)%"},"both":"%REQ(:METHOD)% %PROTOCOL%","fixed":[1,"a"]}
            """u8.ToArray()
        );
        AssertNothingAllocated(SubstitutionFormat.TryParseJson(format, new FormatOptions { OmitEmptyValues = true }, out _)!);
    }

    private static void AssertNothingAllocated(SubstitutionFormat format)
    {
        var info = FormattedStream.Answered();
        info.RequestHeaders.Add("x-q", "a\"quoted\"\nvalue");
        var output = new ByteBuffer();
        for (var i = 0; i < 100; i++)
        {
            output.Clear();
            format.Write(info, output);
        }

        var allocated = Allocation.Of(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                output.Clear();
                format.Write(info, output);
            }
        });

        Assert.Equal(0, allocated);
        Assert.NotEqual(0, output.Length);
    }
}
