using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The header <c>via</c>: each proxy joins its own entry behind a comma and a blank.</summary>
internal static class ViaHeader
{
    public static void Append(HeaderMap headers, string via)
    {
        var before = headers.Get(HeaderName.Via);
        var joined = new byte[before.Length + 2 + (3 * via.Length)];
        before.CopyTo(joined);
        var length = before.Length;
        if (length > 0)
        {
            joined[length++] = (byte)',';
            joined[length++] = (byte)' ';
        }

        length += Encoding.UTF8.GetBytes(via, joined.AsSpan(length));
        headers.Set(HeaderName.Via, joined.AsSpan(0, length));
    }
}
