using Envoy.Config.Core.V3;
using MeshSim.ProxyRuntime.Core;
using HeadersWithUnderscoresAction = MeshSim.ProxyRuntime.Core.HeadersWithUnderscoresAction;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Http1ProtocolOptions, downstream and upstream.</summary>
internal sealed class Http1SettingsBuilder(BuildContext context)
{
    public Http1Settings Downstream(Http1ProtocolOptions? options, HttpProtocolOptions? common) =>
        Build(options) with
        {
            Underscores = (HeadersWithUnderscoresAction)(int)(common?.HeadersWithUnderscoresAction ?? default),
        };

    public Http1Settings Upstream(Http1ProtocolOptions? options, HttpProtocolOptions? common) =>
        Build(options) with
        {
            MaxHeadersKb = (int)Math.Min(common?.MaxResponseHeadersKb ?? Http1Settings.DefaultMaxResponseHeadersKb, 8192),
            MaxHeadersCount = (int)Math.Min(common?.MaxHeadersCount ?? HttpConnectionManagerSnapshot.DefaultMaxHeadersCount, int.MaxValue),
            SendFullyQualifiedUrl = options?.SendFullyQualifiedUrl ?? false,
        };

    private Http1Settings Build(Http1ProtocolOptions? options)
    {
        if (options is null)
        {
            return new Http1Settings();
        }

        context.NotSupported(options, ["ignore_http_11_upgrade"], "the other fields of http_protocol_options");
        if (options.HeaderKeyFormat is { StatefulFormatter: not null } format)
        {
            context.NotSupported(format, "stateful_formatter", "proper_case_words");
        }

        return new Http1Settings
        {
            AcceptHttp10 = options.AcceptHttp10,
            DefaultHostForHttp10 = options.DefaultHostForHttp10,
            EnableTrailers = options.EnableTrailers,
            AllowAbsoluteUrl = options.AllowAbsoluteUrl ?? true,
            AllowChunkedLength = options.AllowChunkedLength,
            AllowCustomMethods = options.AllowCustomMethods,
            ProperCaseWords = options.HeaderKeyFormat?.ProperCaseWords is not null,
        };
    }
}
