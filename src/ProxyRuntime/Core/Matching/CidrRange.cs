using System.Globalization;
using System.Net;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>core.v3.CidrRange: the addresses whose first bits are those of a given one.</summary>
public sealed class CidrRange
{
    private readonly byte[] prefix;
    private readonly int bits;

    /// <param name="address">An address of the family that is meant.</param>
    /// <param name="prefixLength">How many leading bits count; more than the address has counts as all.</param>
    public CidrRange(IPAddress address, int prefixLength)
    {
        prefix = address.GetAddressBytes();
        bits = Math.Min(prefixLength, 8 * prefix.Length);
        Text = string.Create(CultureInfo.InvariantCulture, $"{address}/{bits}");
    }

    /// <summary>How many leading bits count.</summary>
    public int PrefixLength => bits;

    /// <summary><c>10.0.0.0/8</c>.</summary>
    public string Text { get; }

    /// <summary>True for an address of the same family within the range.</summary>
    public bool Contains(NetworkAddress address)
    {
        var candidate = address.Bytes;
        if (candidate.Length != prefix.Length)
        {
            return false;
        }

        var whole = bits / 8;
        if (!candidate[..whole].SequenceEqual(prefix.AsSpan(0, whole)))
        {
            return false;
        }

        var rest = bits % 8;
        return rest == 0 || (candidate[whole] >> (8 - rest)) == (prefix[whole] >> (8 - rest));
    }

    public override string ToString() => Text;
}
