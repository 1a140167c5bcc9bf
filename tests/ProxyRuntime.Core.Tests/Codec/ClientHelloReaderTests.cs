using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class ClientHelloReaderTests
{
    [Theory]
    [InlineData("A.Example", "a.example", 16_384)]
    [InlineData("a.example", "a.example", 7)]
    [InlineData(null, "", 16_384)]
    public void It_finds_what_a_client_asks_for(string? name, string found, int recordSize)
    {
        var bytes = HelloBytes.Make(name, ["h2", "http/1.1"], ecdsa: true, recordSize);

        Assert.Equal(ClientHelloState.Complete, ClientHelloReader.Read(bytes, ClientHelloReader.DefaultMaxBytes, out var hello));
        Assert.Equal((found, true, 0x0304), (hello.ServerName, hello.TakesEcdsa, hello.MaxVersion));
        Assert.Equal(["h2", "http/1.1"], hello.ApplicationProtocols);
    }

    [Fact]
    public void Without_extensions_nothing_is_asked_for()
    {
        Assert.Equal(ClientHelloState.Complete, ClientHelloReader.Read(HelloBytes.Make(), ClientHelloReader.DefaultMaxBytes, out var hello));
        Assert.Equal(("", false, false), (hello.ServerName, hello.OffersProtocols, hello.TakesEcdsa));
        Assert.Empty(hello.ApplicationProtocols);
    }

    /// <summary>However many bytes have come: more are needed until the last one, and what follows changes nothing.</summary>
    [Fact]
    public void Every_prefix_of_a_hello_needs_more()
    {
        var bytes = HelloBytes.Make("a.example", ["istio"], recordSize: 50);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(ClientHelloState.NeedMore, ClientHelloReader.Read(bytes.AsSpan(0, length), ClientHelloReader.DefaultMaxBytes, out _));
        }

        Assert.Equal(ClientHelloState.Complete, ClientHelloReader.Read([.. bytes, 22, 3, 3, 1], ClientHelloReader.DefaultMaxBytes, out var hello));
        Assert.Equal("a.example", hello.ServerName);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("G")]
    [InlineData("\u0016\u0003\u0001\u0000\u0005\u0002\u0000\u0000\u0000\u0000")]
    [InlineData("\u0016\u0009")]
    public void What_is_no_hello_is_told_at_once(string text) =>
        Assert.Equal(ClientHelloState.NotTls, ClientHelloReader.Read(System.Text.Encoding.Latin1.GetBytes(text), ClientHelloReader.DefaultMaxBytes, out _));

    [Fact]
    public void A_hello_that_does_not_end_is_too_large()
    {
        var bytes = HelloBytes.Make(new string('a', 200));

        Assert.Equal(ClientHelloState.NeedMore, ClientHelloReader.Read(bytes.AsSpan(0, 255), 256, out _));
        Assert.Equal(ClientHelloState.TooLarge, ClientHelloReader.Read(bytes.AsSpan(0, 256), 256, out _));
    }

    [Fact]
    public void Bytes_that_were_changed_never_throw() =>
        Gen.Select(Gen.Int[0, 200], Gen.Byte, Gen.Int[0, 200], Gen.Byte, Gen.Int[0, 260])
            .Sample(
                static (at, value, other, second, length) =>
                {
                    var bytes = HelloBytes.Make("a.example", ["h2"], ecdsa: true);
                    bytes[at % bytes.Length] = value;
                    bytes[other % bytes.Length] = second;
                    var state = ClientHelloReader.Read(bytes.AsSpan(0, Math.Min(length, bytes.Length)), 1024, out var hello);
                    return state == ClientHelloState.Complete || ReferenceEquals(hello, ClientHello.Empty);
                },
                seed: "0000KrNC6Lp4",
                iter: 20_000
            );
}
