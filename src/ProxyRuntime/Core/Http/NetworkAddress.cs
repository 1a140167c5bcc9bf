using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>An IP address and port as Envoy prints them: <c>10.0.0.1:80</c>, <c>[::1]:80</c>.</summary>
public sealed class NetworkAddress : IEquatable<NetworkAddress>
{
    private readonly byte[] text;

    public NetworkAddress(string ip, int port)
    {
        Ip = ip;
        Port = port;
        Text = ip.Contains(':', StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"[{ip}]:{port}")
            : string.Create(CultureInfo.InvariantCulture, $"{ip}:{port}");
        text = Encoding.ASCII.GetBytes(Text);
    }

    public string Ip { get; }

    public int Port { get; }

    public string Text { get; }

    public ReadOnlySpan<byte> TextBytes => text;

    public bool Equals(NetworkAddress? other) => other is not null && string.Equals(Text, other.Text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as NetworkAddress);

    public override int GetHashCode() => (int)StableHash.Of(Text);

    public override string ToString() => Text;
}
