namespace MeshSim.ProxyRuntime.Core.Tests;

public class ServerHelloReaderTests
{
    private const string Retry = "CF21AD74E59A6111BE1D8C021E65B891C2A211167ABB8C5E079E09E2C8A8339C";

    private static readonly string Random = new('5', 64);

    [Theory]
    [InlineData("", false)]
    [InlineData("002B00020304", false)]
    [InlineData("002B0002030400290002 0000", true)]
    public void A_session_is_resumed_if_a_shared_key_is_taken(string extensions, bool resumes) =>
        Assert.Equal(resumes, ServerHelloReader.Resumes(Hello(Random, extensions)));

    [Fact]
    public void A_hello_of_TLS_1_2_may_have_no_extensions() => Assert.False(ServerHelloReader.Resumes(Record($"0303{Random}00C02F00")));

    [Fact]
    public void A_request_for_another_client_hello_says_nothing_yet() => Assert.Null(ServerHelloReader.Resumes(Hello(Retry, "00290002 0000")));

    [Theory]
    [InlineData("")]
    [InlineData("16")]
    [InlineData("150303000202 28")]
    [InlineData("1603030004 0B000000 0000")]
    [InlineData("1603030004 02000000")]
    public void What_is_no_server_hello_says_nothing(string bytes) => Assert.Null(ServerHelloReader.Resumes(Bytes(bytes)));

    [Fact]
    public void However_it_is_cut_nothing_is_thrown_and_nothing_made_up()
    {
        var whole = Hello(Random, "002B00020304 00290002 0000");
        Assert.All(Enumerable.Range(0, whole.Length), length => Assert.NotEqual(true, ServerHelloReader.Resumes(whole.AsSpan(0, length))));
    }

    private static byte[] Hello(string random, string extensions)
    {
        var content = Bytes(extensions);
        return Record($"0303{random}00130100{content.Length:X4}{Convert.ToHexString(content)}");
    }

    private static byte[] Record(string body)
    {
        var content = Bytes(body);
        return [22, 3, 3, 0, (byte)(content.Length + 4), 2, 0, 0, (byte)content.Length, .. content];
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
