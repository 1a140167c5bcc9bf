using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class GrpcMessagesTests
{
    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("application/grpc;charset=utf-8", false)]
    [InlineData("application/grpc-web", false)]
    [InlineData("Application/grpc", false)]
    [InlineData("application/json", false)]
    [InlineData("", false)]
    public void The_content_type_tells_gRPC(string type, bool expected) => Assert.Equal(expected, GrpcMessages.IsGrpc(Map("content-type", type)));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("16", 16)]
    [InlineData("17", -1)]
    [InlineData("-1", -1)]
    [InlineData("1x", -1)]
    [InlineData("", -1)]
    public void A_status_is_a_number_up_to_16(string text, int expected) => Assert.Equal(expected, GrpcMessages.Status(Map("grpc-status", text)));

    [Fact]
    public void Headers_without_a_status_have_none() => Assert.Null(GrpcMessages.Status(new HeaderMap()));

    [Theory]
    [InlineData(200, 2)]
    [InlineData(400, 13)]
    [InlineData(401, 16)]
    [InlineData(403, 7)]
    [InlineData(404, 12)]
    [InlineData(429, 14)]
    [InlineData(502, 14)]
    [InlineData(503, 14)]
    [InlineData(504, 14)]
    [InlineData(500, 2)]
    public void A_gRPC_status_stands_for_each_HTTP_status(int http, int grpc) => Assert.Equal(grpc, GrpcMessages.FromHttp(http));

    [Theory]
    [InlineData(0, 200)]
    [InlineData(1, 499)]
    [InlineData(2, 500)]
    [InlineData(3, 400)]
    [InlineData(4, 504)]
    [InlineData(5, 404)]
    [InlineData(6, 409)]
    [InlineData(7, 403)]
    [InlineData(8, 429)]
    [InlineData(9, 400)]
    [InlineData(10, 409)]
    [InlineData(11, 400)]
    [InlineData(12, 501)]
    [InlineData(13, 500)]
    [InlineData(14, 503)]
    [InlineData(15, 500)]
    [InlineData(16, 401)]
    [InlineData(-1, 500)]
    public void An_HTTP_status_stands_for_each_gRPC_status(int grpc, int http) => Assert.Equal(http, GrpcMessages.ToHttp(grpc));

    [Theory]
    [InlineData("2H", 7_200_000L)]
    [InlineData("3M", 180_000L)]
    [InlineData("4S", 4_000L)]
    [InlineData("5m", 5L)]
    [InlineData("1000u", 1L)]
    [InlineData("1001u", 2L)]
    [InlineData("1000000n", 1L)]
    [InlineData("1000001n", 2L)]
    [InlineData("0n", 0L)]
    [InlineData("99999999H", 359_999_996_400_000L)]
    [InlineData("100000000m", null)]
    [InlineData("5s", null)]
    [InlineData("m", null)]
    [InlineData("-5m", null)]
    [InlineData("5 m", null)]
    [InlineData("x5m", null)]
    public void A_timeout_is_at_most_eight_digits_and_a_unit_and_is_rounded_up(string text, long? expectedMs) =>
        Assert.Equal(expectedMs, GrpcMessages.TimeoutMs(Map("grpc-timeout", text)));

    [Theory]
    [InlineData(0L, "0m")]
    [InlineData(1_234L, "1234m")]
    [InlineData(99_999_999L, "99999999m")]
    [InlineData(100_000_000L, "100000S")]
    [InlineData(99_999_999_999L, "99999999S")]
    [InlineData(100_000_000_000L, "1666666M")]
    [InlineData(6_000_000_000_000L, "1666666H")]
    [InlineData(long.MaxValue, "99999999H")]
    public void A_timeout_is_written_in_the_finest_unit_that_holds_it(long milliseconds, string expected)
    {
        var map = new HeaderMap();
        GrpcMessages.WriteTimeout(map, milliseconds);

        Assert.Equal(expected, Encoding.ASCII.GetString(map.Get(HeaderName.GrpcTimeout)));
    }

    [Fact]
    public void A_body_is_a_message_only_if_it_is_one_whole_frame()
    {
        Assert.True(GrpcMessages.TryReadFrame([0, 0, 0, 0, 2, 7, 8], out var message));
        Assert.Equal([7, 8], message.ToArray());
        Assert.True(GrpcMessages.TryReadFrame([0, 0, 0, 0, 0], out message));
        Assert.Equal(0, message.Length);
        Assert.False(GrpcMessages.TryReadFrame([0, 0, 0, 0], out _));
        Assert.False(GrpcMessages.TryReadFrame([1, 0, 0, 0, 2, 7, 8], out _));
        Assert.False(GrpcMessages.TryReadFrame([0, 0, 0, 0, 3, 7, 8], out _));
        Assert.False(GrpcMessages.TryReadFrame([0, 0, 0, 0, 1, 7, 8], out _));
    }

    private static HeaderMap Map(string name, string value)
    {
        var map = new HeaderMap();
        map.Add(name, value);
        return map;
    }
}
