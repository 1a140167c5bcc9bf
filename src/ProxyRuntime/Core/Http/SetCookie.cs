using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The text of set-cookie headers as Envoy writes them.</summary>
internal static class SetCookie
{
    /// <summary><c>name="value"; Max-Age=ttl; Path=path; attributes; HttpOnly</c>.</summary>
    public static string Of(string name, string value, long ttlSeconds, string path, IEnumerable<(string Name, string Value)> attributes) =>
        $"{name}=\"{value}\"{Attributes(ttlSeconds, path, attributes)}";

    /// <summary>What stands behind the value. A ttl of 0 is a session cookie.</summary>
    public static string Attributes(long ttlSeconds, string path, IEnumerable<(string Name, string Value)> attributes)
    {
        var text = new StringBuilder();
        _ = ttlSeconds != 0 ? text.Append(CultureInfo.InvariantCulture, $"; Max-Age={ttlSeconds}") : text;
        _ = path.Length > 0 ? text.Append("; Path=").Append(path) : text;
        foreach (var (name, value) in attributes)
        {
            _ = text.Append("; ").Append(name);
            _ = value.Length > 0 ? text.Append('=').Append(value) : text;
        }

        return text.Append("; HttpOnly").ToString();
    }
}
