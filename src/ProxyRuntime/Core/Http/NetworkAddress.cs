using System.Globalization;
using System.Net;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>An IP address and port as Envoy prints them: <c>10.0.0.1:80</c>, <c>[::1]:80</c>.</summary>
public sealed class NetworkAddress : IEquatable<NetworkAddress>
{
    private readonly byte[] text;
    private readonly byte[] ipText;
    private readonly byte[] bytes;

    public NetworkAddress(string ip, int port)
    {
        Ip = ip;
        Port = port;
        Text = ip.Contains(':', StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"[{ip}]:{port}")
            : string.Create(CultureInfo.InvariantCulture, $"{ip}:{port}");
        text = Encoding.ASCII.GetBytes(Text);
        ipText = Encoding.ASCII.GetBytes(ip);
        var parsed = IPAddress.TryParse(ip, out var address) ? address : null;
        bytes = parsed?.GetAddressBytes() ?? [];
        IsLoopback = parsed is not null && IPAddress.IsLoopback(parsed);
    }

    public string Ip { get; }

    public int Port { get; }

    public string Text { get; }

    /// <summary>127.0.0.0/8 or ::1.</summary>
    public bool IsLoopback { get; }

    public ReadOnlySpan<byte> TextBytes => text;

    public ReadOnlySpan<byte> IpBytes => ipText;

    /// <summary>The four or sixteen bytes of the address; none if it is not an IP address.</summary>
    public ReadOnlySpan<byte> Bytes => bytes;

    public bool Equals(NetworkAddress? other) => other is not null && string.Equals(Text, other.Text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as NetworkAddress);

    public override int GetHashCode() => (int)StableHash.Of(Text);

    public override string ToString() => Text;
}
