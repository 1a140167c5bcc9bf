using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.extensions.filters.http.stateful_session.v3.StatefulSession.</summary>
/// <param name="State">session_state: where a client keeps its host; null: there are no sessions.</param>
/// <param name="Strict">strict: 503 where that host cannot be had. Default false: another one serves.</param>
/// <param name="StatPrefix">stat_prefix: what stands behind <c>http.&lt;stat_prefix&gt;.stateful_session.</c> in statistics; empty: none are kept.</param>
public sealed record StatefulSessionSettings(SessionStateSettings? State, bool Strict = false, string StatPrefix = "") : IHttpFilterSettings;

/// <summary>StatefulSessionPerRoute; its own statistics are never kept.</summary>
/// <param name="Session">In place of the filter's settings; null: disabled.</param>
public sealed record StatefulSessionRouteSettings(StatefulSessionSettings? Session) : IRouteFilterSettings;

/// <summary>Where a client keeps its host.</summary>
public abstract record SessionStateSettings;

/// <summary>CookieBasedSessionState: in a cookie, as the Base64 of a small protobuf message with the address and the end of its life.</summary>
/// <param name="Name">cookie.name, not empty.</param>
/// <param name="TtlSeconds">cookie.ttl in whole seconds, 0: until the client forgets it.</param>
/// <param name="Path">cookie.path: only requests below it have sessions; empty or <c>/</c>: all.</param>
/// <param name="Attributes">cookie.attributes, an empty value for a name alone.</param>
public sealed record CookieSessionSettings(string Name, long TtlSeconds, string Path, ImmutableArray<(string Name, string Value)> Attributes)
    : SessionStateSettings;

/// <summary>HeaderBasedSessionState: in a header, as the Base64 of the address.</summary>
/// <param name="Name">name, not empty.</param>
public sealed record HeaderSessionSettings(HeaderName Name) : SessionStateSettings;
