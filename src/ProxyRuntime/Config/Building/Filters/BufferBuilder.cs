using MeshSim.ProxyRuntime.Core;
using BufferMessage = Envoy.Extensions.Filters.Http.Buffer.V3.Buffer;
using PerRouteMessage = Envoy.Extensions.Filters.Http.Buffer.V3.BufferPerRoute;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>envoy.filters.http.buffer.</summary>
internal static class BufferBuilder
{
    public static BufferSettings Build(BufferMessage buffer) => new(buffer.MaxRequestBytes ?? 0);

    public static BufferRouteSettings BuildPerRoute(PerRouteMessage route) => new(route.Disabled ? null : route.Buffer?.MaxRequestBytes);
}
