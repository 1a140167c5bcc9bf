using MeshSim.ProxyRuntime.Core;
using DirectResponseMessage = Envoy.Config.Route.V3.DirectResponseAction;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Routes that answer themselves.</summary>
internal sealed class DirectResponseBuilder(BuildContext context)
{
    /// <param name="maxBytes">How long the body may be.</param>
    public DirectResponseAction? Build(DirectResponseMessage response, uint maxBytes)
    {
        var body = new DataSourceReader(context).Read(response, "body", response.Body, maxBytes);
        var format = new FormatBuilder(context).Body(response.BodyFormat);
        return body is { } bytes
            ? new DirectResponseAction((int)response.Status, bytes) { BodyFormat = format?.Format, ContentType = format?.ContentType ?? "" }
            : null;
    }
}
