using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Operators that print an address, with port, without, or the port alone.</summary>
internal static class AddressOperators
{
    public static FormatOperator[] All =>
        [
            .. Of("DOWNSTREAM_REMOTE", static info => info.RemoteAddress),
            .. Of("DOWNSTREAM_DIRECT_REMOTE", static info => info.Connection.Remote),
            .. Of("DOWNSTREAM_LOCAL", static info => info.Connection.Local),
            .. Of("DOWNSTREAM_DIRECT_LOCAL", static info => info.Connection.Local),
            .. Of("UPSTREAM_LOCAL", static info => info.Upstream.LocalAddress),
            .. Of("UPSTREAM_REMOTE", static info => info.Upstream.RemoteAddress),
            // Only internal listeners have endpoint ids.
            NoEndpointId("DOWNSTREAM_LOCAL", static info => info.Connection.Local),
            NoEndpointId("DOWNSTREAM_DIRECT_LOCAL", static info => info.Connection.Local),
            NoEndpointId("UPSTREAM_REMOTE", static info => info.Upstream.RemoteAddress),
        ];

    private static FormatOperator[] Of(string prefix, Func<StreamInfo, NetworkAddress?> read) =>
        [
            FormatOperator.Bytes($"{prefix}_ADDRESS", (info, out value) => Text(read(info), out value)),
            new($"{prefix}_ADDRESS_WITHOUT_PORT", FormatSyntax.ParametersOptional, (in arguments, out error) => WithoutPort(arguments, read, out error)),
            FormatOperator.Number($"{prefix}_PORT", info => read(info)?.Port ?? -1),
        ];

    private static FormatOperator NoEndpointId(string prefix, Func<StreamInfo, NetworkAddress?> read) =>
        FormatOperator.Fixed($"{prefix}_ADDRESS_ENDPOINT_ID", new EndpointIdSegment(read));

    private static FormatSegment? WithoutPort(in FormatArguments arguments, Func<StreamInfo, NetworkAddress?> read, out string? error)
    {
        error = null;
        if (arguments.Parameters.Length == 0)
        {
            return new BytesSegment((info, out value) => Ip(read(info), out value), int.MaxValue);
        }

        if (!int.TryParse(arguments.Parameters, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits > 128)
        {
            error = $"Invalid mask prefix length '{arguments.Parameters}' of {arguments.Name}, only 0 to 128 are allowed";
            return null;
        }

        return new MaskedSegment(read, bits);
    }

    private static bool Text(NetworkAddress? address, out ReadOnlySpan<byte> value)
    {
        value = address is null ? default : address.TextBytes;
        return address is not null;
    }

    private static bool Ip(NetworkAddress? address, out ReadOnlySpan<byte> value)
    {
        value = address is null ? default : address.IpBytes;
        return address is not null;
    }

    /// <summary>An IP address has no endpoint id: nothing as text, null as JSON.</summary>
    private sealed class EndpointIdSegment(Func<StreamInfo, NetworkAddress?> read) : FormatSegment
    {
        public override bool Write(StreamInfo info, ByteBuffer output) => read(info) is not null;

        public override bool WriteJson(StreamInfo info, ByteBuffer output) => false;
    }

    /// <summary>The network an address is in, <c>10.1.0.0/16</c>. A prefix longer than the address has no value.</summary>
    private sealed class MaskedSegment(Func<StreamInfo, NetworkAddress?> read, int bits) : FormatSegment
    {
        public override bool Write(StreamInfo info, ByteBuffer output)
        {
            if (read(info) is not { } address || address.Bytes.IsEmpty || bits > 8 * address.Bytes.Length)
            {
                return false;
            }

            AddressText.WriteNetwork(address.Bytes, bits, output);
            return true;
        }
    }
}
