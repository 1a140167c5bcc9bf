using System.Text.Json;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Facts of TLS as words of recordings.</summary>
internal static class TlsText
{
    /// <summary>What a client asks for, as far as somebody looked; empty for nothing.</summary>
    public static string Offer(ConnectionInfo info) =>
        info.TransportProtocol == ConnectionInfo.RawBuffer
            ? ""
            : Write(new Offered(info.TransportProtocol, info.RequestedServerName, [.. info.ApplicationProtocols]));

    public static ConnectionInfo WithOffer(ConnectionInfo info, string word)
    {
        var offered = Read<Offered>(word);
        return info with
        {
            TransportProtocol = offered.TransportProtocol,
            RequestedServerName = offered.ServerName,
            ApplicationProtocols = offered.ApplicationProtocols,
        };
    }

    public static string Of(TlsHandshake handshake) => Write(handshake);

    public static TlsHandshake Handshake(string word) => Read<TlsHandshake>(word);

    private static string Write<T>(T value) => TextCodec.Escape(JsonSerializer.Serialize(value));

    private static T Read<T>(string word) => JsonSerializer.Deserialize<T>(TextCodec.UnescapeText(word)) ?? throw new FormatException("nothing stands there");

    private sealed record Offered(string TransportProtocol, string ServerName, string[] ApplicationProtocols);
}
