namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What a listener's inspector makes of the first bytes of a connection.</summary>
public class TlsInspectorTests
{
    private static readonly ConnectionInfo Known = Snapshots.Connection();

    [Fact]
    public void What_is_no_TLS_is_plain_text_unless_such_connections_are_to_close()
    {
        Assert.Same(Known, new TlsInspectorSnapshot().Inspect("GET / HTTP/1.1\r\n"u8, Known, out _));
        Assert.Null(new TlsInspectorSnapshot(ClosesOnParsingErrors: true).Inspect("GET / HTTP/1.1\r\n"u8, Known, out var state));
        Assert.Equal(ClientHelloState.NotTls, state);
    }

    [Fact]
    public void The_beginning_of_a_handshake_is_waited_with()
    {
        Assert.Null(new TlsInspectorSnapshot().Inspect([0x16, 3, 1], Known, out var state));
        Assert.Equal(ClientHelloState.NeedMore, state);
    }

    [Fact]
    public void A_hello_beyond_the_limit_ends_the_connection()
    {
        byte[] begin = [0x16, 3, 1, 0x20, 0, 1, 0, 0x1f, 0xfc, 3, 3, .. new byte[400]];
        Assert.Null(new TlsInspectorSnapshot(MaxClientHelloBytes: 256).Inspect(begin, Known, out var state));
        Assert.Equal(ClientHelloState.TooLarge, state);
    }
}
