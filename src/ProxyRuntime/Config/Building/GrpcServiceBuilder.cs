using Envoy.Config.Core.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Services that the proxy calls by gRPC through its own clusters.</summary>
internal sealed class GrpcServiceBuilder(BuildContext context)
{
    /// <summary>The service; null, with a problem, if it is not one that can be called.</summary>
    public GrpcServiceSnapshot? Build(GrpcService service)
    {
        if (service.GoogleGrpc is not null)
        {
            context.NotSupported(service, "google_grpc", "envoy_grpc");
            return null;
        }

        return service.EnvoyGrpc is not { } envoy
            ? null
            : new GrpcServiceSnapshot(envoy.ClusterName)
            {
                Authority = envoy.Authority,
                TimeoutNs = BuildContext.MillisecondsNs(service.Timeout),
                InitialMetadata = Headers(service.InitialMetadata),
                RetryPolicy = new RetryPolicyBuilder(context).Build(service.RetryPolicy, retryOn: null),
                MaxReceiveMessageLength = (int)Math.Min(envoy.MaxReceiveMessageLength ?? 0, int.MaxValue),
                SkipEnvoyHeaders = envoy.SkipEnvoyHeaders,
            };
    }

    /// <summary>Headers that replace those that are there; their values are formats.</summary>
    public HeaderMutations Headers(IReadOnlyCollection<HeaderValue> headers) =>
        headers.Count == 0 ? HeaderMutations.None : new HeaderMutations([], [.. headers.Select(Addition).OfType<HeaderAddition>()]);

    private HeaderAddition? Addition(HeaderValue header)
    {
        if (header.Key.Length == 0)
        {
            return null;
        }

        var (field, text) = header.RawValue.IsEmpty ? ("value", header.Value) : ("raw_value", header.RawValue.ToStringUtf8());
        return new FormatBuilder(context).Text(header, field, text) is { } format
            ? new HeaderAddition(HeaderName.Of(header.Key), format, AppendAction.OverwriteIfExistsOrAdd)
            : null;
    }
}
