using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The cookie that hash_policy makes for a client that has none.</summary>
internal static class AffinityCookie
{
    /// <summary>Sixteen hexadecimal digits: the hash of both addresses of the connection.</summary>
    public static string NewValue(ConnectionInfo connection) =>
        XxHash64.Of(Encoding.ASCII.GetBytes(connection.Remote.Text + connection.Local.Text)).ToString("x16", CultureInfo.InvariantCulture);

    /// <summary><c>name="value"; Max-Age=ttl; Path=path; attributes; HttpOnly</c>. A ttl of 0 is a session cookie.</summary>
    public static string SetCookie(CookieHashPolicy policy, string value)
    {
        var text = new StringBuilder();
        _ = text.Append(CultureInfo.InvariantCulture, $"{policy.Name}=\"{value}\"");
        if (policy.TtlSeconds is > 0)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"; Max-Age={policy.TtlSeconds}");
        }

        if (policy.Path.Length > 0)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"; Path={policy.Path}");
        }

        foreach (var (name, attribute) in policy.Attributes)
        {
            _ = text.Append("; ").Append(name);
            _ = attribute.Length > 0 ? text.Append('=').Append(attribute) : text;
        }

        return text.Append("; HttpOnly").ToString();
    }
}
