namespace MeshSim.ProxyRuntime.Core.Tests;

public class GrpcReplyTests
{
    [Fact]
    public void A_message_and_status_0_is_an_answer()
    {
        var reply = GrpcReply.Of(Head("200"), [0, 0, 0, 0, 2, 8, 1], Trailers("0"), maxLength: 0);
        Assert.True(reply.IsOk);
        Assert.Equal([8, 1], reply.Message.ToArray());
    }

    [Fact]
    public void Of_several_messages_the_last_counts()
    {
        var reply = GrpcReply.Of(Head("200"), [0, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0], Trailers("0"), maxLength: 0);
        Assert.True(reply.IsOk);
        Assert.True(reply.Message.IsEmpty);
    }

    [Theory]
    [InlineData("200", "", "0", 13)] // no message
    [InlineData("200", "0000000002AA", "0", 13)] // half a message
    [InlineData("200", "0100000001AA", "0", 13)] // compressed
    [InlineData("200", "0200000000", "0", 13)] // no frame
    [InlineData("200", "0000000009", "0", 8)] // too long
    [InlineData("200", "0000000000", "7", 7)]
    [InlineData("200", "0000000000", "x", -1)]
    [InlineData("200", "0000000000", null, 2)] // ends without trailers
    [InlineData("503", "0000000000", "0", 14)]
    [InlineData("401", "", null, 16)]
    public void Anything_else_is_a_status(string code, string body, string? trailer, int expected)
    {
        var reply = GrpcReply.Of(Head(code), Convert.FromHexString(body), trailer is null ? null : Trailers(trailer), maxLength: 8);
        Assert.Equal(expected, reply.Status);
        Assert.False(reply.IsOk);
    }

    [Fact]
    public void A_response_of_headers_only_has_its_status_there()
    {
        var head = Head("200");
        head.Add("grpc-status", "8");
        Assert.Equal(8, GrpcReply.Of(head, default, trailers: null, maxLength: 0).Status);

        head.Set(HeaderName.Status, 503);
        Assert.Equal(8, GrpcReply.Of(head, default, trailers: null, maxLength: 0).Status);
        Assert.Equal(2, GrpcReply.Of(Head("200"), default, trailers: null, maxLength: 0).Status);
    }

    private static HeaderMap Head(string status)
    {
        var head = new HeaderMap();
        head.Add(":status", status);
        return head;
    }

    private static HeaderMap Trailers(string status)
    {
        var trailers = new HeaderMap();
        trailers.Add("grpc-status", status);
        return trailers;
    }
}
