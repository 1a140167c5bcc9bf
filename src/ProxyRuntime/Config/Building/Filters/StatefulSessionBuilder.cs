using Envoy.Extensions.Filters.Http.StatefulSession.V3;
using Envoy.Extensions.Http.StatefulSession.Cookie.V3;
using Envoy.Extensions.Http.StatefulSession.Header.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>envoy.filters.http.stateful_session.</summary>
internal sealed class StatefulSessionBuilder(BuildContext context)
{
    private const string Category = "envoy.extensions.http.stateful_session.";

    public StatefulSessionSettings Build(StatefulSession message) => new(State(message), message.Strict, message.StatPrefix);

    public StatefulSessionRouteSettings BuildPerRoute(StatefulSessionPerRoute message) =>
        new(message.StatefulSession is { } session ? new StatefulSessionSettings(State(session), session.Strict) : null);

    private SessionStateSettings? State(StatefulSession message) =>
        message.SessionState is not { } state
            ? null
            : context.Extension(state, state.Name, state.TypedConfig, Category, CookieBasedSessionState.Descriptor, HeaderBasedSessionState.Descriptor) switch
            {
                CookieBasedSessionState { Cookie: { } cookie } => new CookieSessionSettings(
                    cookie.Name,
                    cookie.Ttl?.Seconds ?? 0,
                    cookie.Path,
                    [.. cookie.Attributes.Select(static attribute => (attribute.Name, attribute.Value))]
                ),
                HeaderBasedSessionState { Name.Length: > 0 } header => new HeaderSessionSettings(HeaderName.Of(header.Name)),
                _ => null,
            };
}
