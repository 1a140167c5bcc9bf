using Envoy.Extensions.Filters.Http.Buffer.V3;
using Envoy.Extensions.Filters.Http.ExtAuthz.V3;
using Envoy.Extensions.Filters.Http.Fault.V3;
using Envoy.Extensions.Filters.Http.HeaderMutation.V3;
using Envoy.Extensions.Filters.Http.HealthCheck.V3;
using Envoy.Extensions.Filters.Http.JwtAuthn.V3;
using Envoy.Extensions.Filters.Http.LocalRatelimit.V3;
using Envoy.Extensions.Filters.Http.Ratelimit.V3;
using Envoy.Extensions.Filters.Http.Rbac.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Http.StatefulSession.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using MeshSim.ProxyRuntime.Core;
using BufferFilter = Envoy.Extensions.Filters.Http.Buffer.V3.Buffer;
using CorsFilter = Envoy.Extensions.Filters.Http.Cors.V3.Cors;
using CorsPolicy = Envoy.Extensions.Filters.Http.Cors.V3.CorsPolicy;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The HTTP filters that are known here: those that act, and those that change no decision that is modelled.</summary>
internal static class HttpFilterTable
{
    private static readonly HttpFilterEntry[] All =
    [
        new(Router.Descriptor, static (context, message) => new RouterBuilder(context).Build((Router)message)),
        new(
            HTTPFault.Descriptor,
            static (context, message) => new FaultBuilder(context).Build((HTTPFault)message),
            HTTPFault.Descriptor,
            static (context, message) => new FaultBuilder(context).Build((HTTPFault)message)
        ),
        new(
            CorsFilter.Descriptor,
            static (_, _) => new CorsSettings(),
            CorsPolicy.Descriptor,
            static (context, message) => new CorsBuilder(context).Build((CorsPolicy)message)
        ),
        new(
            LocalRateLimit.Descriptor,
            static (context, message) => new LocalRateLimitBuilder(context).Build((LocalRateLimit)message),
            LocalRateLimit.Descriptor,
            static (context, message) => new LocalRateLimitBuilder(context).BuildPerRoute((LocalRateLimit)message)
        ),
        new(
            RateLimit.Descriptor,
            static (context, message) => new GlobalRateLimitBuilder(context).Build((RateLimit)message),
            RateLimitPerRoute.Descriptor,
            static (context, message) => new GlobalRateLimitBuilder(context).BuildPerRoute((RateLimitPerRoute)message)
        ),
        new(
            RBAC.Descriptor,
            static (context, message) => new RbacBuilder(context).Build((RBAC)message),
            RBACPerRoute.Descriptor,
            static (context, message) => new RbacBuilder(context).BuildPerRoute((RBACPerRoute)message)
        ),
        new(
            JwtAuthentication.Descriptor,
            static (context, message) => new JwtAuthnBuilder(context).Build((JwtAuthentication)message),
            PerRouteConfig.Descriptor,
            static (_, message) => JwtAuthnBuilder.BuildPerRoute((PerRouteConfig)message)
        ),
        new(
            ExtAuthz.Descriptor,
            static (context, message) => new ExtAuthzBuilder(context).Build((ExtAuthz)message),
            ExtAuthzPerRoute.Descriptor,
            static (context, message) => new ExtAuthzBuilder(context).BuildPerRoute((ExtAuthzPerRoute)message)
        ),
        new(HealthCheck.Descriptor, static (context, message) => new HealthCheckBuilder(context).Build((HealthCheck)message)),
        new(
            BufferFilter.Descriptor,
            static (_, message) => BufferBuilder.Build((BufferFilter)message),
            BufferPerRoute.Descriptor,
            static (_, message) => BufferBuilder.BuildPerRoute((BufferPerRoute)message)
        ),
        new(
            HeaderMutation.Descriptor,
            static (context, message) => new HeaderMutationFilterBuilder(context).Build((HeaderMutation)message),
            HeaderMutationPerRoute.Descriptor,
            static (context, message) => new HeaderMutationFilterBuilder(context).BuildPerRoute((HeaderMutationPerRoute)message)
        ),
        new(
            StatefulSession.Descriptor,
            static (context, message) => new StatefulSessionBuilder(context).Build((StatefulSession)message),
            StatefulSessionPerRoute.Descriptor,
            static (context, message) => new StatefulSessionBuilder(context).BuildPerRoute((StatefulSessionPerRoute)message)
        ),
    ];

    /// <summary>Types that pass, and what is left out with them. Istio's are not in Envoy itself.</summary>
    private static readonly Dictionary<string, string> PassThrough = new(StringComparer.Ordinal)
    {
        ["envoy.extensions.filters.http.compressor.v3.Compressor"] = "responses are not compressed",
        ["envoy.extensions.filters.http.compressor.v3.CompressorPerRoute"] = "responses are not compressed",
        ["envoy.extensions.filters.http.decompressor.v3.Decompressor"] = "bodies are not decompressed",
        ["envoy.extensions.filters.http.tap.v3.Tap"] = "nothing is tapped",
        ["envoy.extensions.filters.http.grpc_stats.v3.FilterConfig"] = "no statistics of gRPC methods are kept",
        ["io.istio.http.peer_metadata.Config"] = "no metadata of peers is exchanged",
        ["io.istio.http.peer_metadata.PeerMetadata"] = "no metadata of peers is exchanged",
        ["envoy.tcp.metadataexchange.config.MetadataExchange"] = "no metadata of peers is exchanged",
        ["stats.PluginConfig"] = "Istio's own statistics are not kept",
        ["istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig"] = "ALPN is not overridden",
        ["istio.envoy.config.filter.http.alpn.v2.FilterConfig"] = "ALPN is not overridden",
    };

    /// <summary>Filters that act, for messages.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(static entry => entry.Settings.FullName));

    public static string PerRouteNames { get; } =
        string.Join(", ", All.Select(static entry => entry.PerRoute?.FullName).OfType<string>().Append("envoy.config.route.v3.FilterConfig"));

    public static HttpFilterEntry? Find(string type) => Array.Find(All, entry => entry.Settings.FullName == type);

    /// <summary>The filter whose settings for single routes are of that type.</summary>
    public static HttpFilterEntry? FindPerRoute(string type) => Array.Find(All, entry => entry.PerRoute?.FullName == type);

    /// <summary>What does not happen when a filter of that type lets everything pass; null for a type that may not.</summary>
    public static string? PassThroughReason(string type) => PassThrough.GetValueOrDefault(type);

    /// <summary>Wasm that Istio brings along for telemetry, by the code it names.</summary>
    public static bool IsTelemetryWasm(string type, ConfigNode? content) =>
        type == "envoy.extensions.filters.http.wasm.v3.Wasm" && content is not null && NamesTelemetry(content, depth: 0);

    private static bool NamesTelemetry(ConfigNode node, int depth) =>
        depth < 8
        && node switch
        {
            ConfigScalar { Text: "envoy.wasm.stats" or "envoy.wasm.metadata_exchange" or "envoy.wasm.stackdriver" } => true,
            ConfigMapping mapping => mapping.Entries.Any(entry => NamesTelemetry(entry.Value, depth + 1)),
            _ => false,
        };
}

/// <summary>One HTTP filter that acts.</summary>
/// <param name="Settings">The type of its settings.</param>
/// <param name="Build">Makes its snapshot; null, with a problem, if that cannot be.</param>
/// <param name="PerRoute">The type of its settings for single routes; null if it has none.</param>
/// <param name="BuildPerRoute">Makes the snapshot of those.</param>
internal sealed record HttpFilterEntry(
    MessageDescriptor Settings,
    Func<BuildContext, IMessage, IHttpFilterSettings?> Build,
    MessageDescriptor? PerRoute = null,
    Func<BuildContext, IMessage, IRouteFilterSettings?>? BuildPerRoute = null
);
