using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A request as its client writes it.</summary>
internal static class ExplainedWire
{
    /// <summary>First line and headers, as HTTP/1.1.</summary>
    public static string Head(ExplainRequest request)
    {
        var text = new StringBuilder();
        var target = request.Method == "CONNECT" ? request.Authority : request.Path;
        _ = text.Append(request.Method).Append(' ').Append(target).Append(" HTTP/1.1\r\n");
        foreach (var (name, value) in Lines(request).Lines)
        {
            if (!name.StartsWith(':') || name == ":authority")
            {
                _ = text.Append(name == ":authority" ? "host" : name).Append(": ").Append(value).Append("\r\n");
            }
        }

        return text.Append("\r\n").ToString();
    }

    /// <summary>The same as headers, in the way the proxy names them.</summary>
    public static HeaderSnapshot Lines(ExplainRequest request)
    {
        List<HeaderLine> lines = [new(":method", request.Method), new(":authority", request.Authority), new(":path", request.Path), .. request.Headers];
        if (request.BodyBytes > 0)
        {
            lines.Add(new HeaderLine("content-length", request.BodyBytes.ToString(CultureInfo.InvariantCulture)));
        }

        return new HeaderSnapshot([.. lines]);
    }
}
