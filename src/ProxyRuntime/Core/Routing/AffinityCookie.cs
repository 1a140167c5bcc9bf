using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The cookie that hash_policy makes for a client that has none.</summary>
internal static class AffinityCookie
{
    /// <summary>Sixteen hexadecimal digits: the hash of both addresses of the connection.</summary>
    public static string NewValue(ConnectionInfo connection) =>
        XxHash64.Of(Encoding.ASCII.GetBytes(connection.Remote.Text + connection.Local.Text)).ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>How the client is told of it.</summary>
    public static string Text(CookieHashPolicy policy, string value) =>
        SetCookie.Of(policy.Name, value, Math.Max(policy.TtlSeconds ?? 0, 0), policy.Path, policy.Attributes);
}
