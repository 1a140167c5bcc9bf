using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>Stateful sessions, and the policy override_host.</summary>
public class SessionTests
{
    private const string Types = "type.googleapis.com/envoy.extensions.";
    private const string Session = Types + "filters.http.stateful_session.v3.StatefulSession";

    [Fact]
    public void Sessions_are_in_a_cookie_or_in_a_header_and_routes_have_their_own()
    {
        var manager = Load(
            $"'@type': {Session}, strict: true, stat_prefix: s, session_state: {{name: c, typed_config: {{'@type': {Types}http.stateful_session.cookie.v3.CookieBasedSessionState, cookie: {{name: sid, ttl: 90.9s, path: /a, attributes: [{{name: Secure}}]}}}}}}",
            $"'@type': {Session}PerRoute, stateful_session: {{session_state: {{name: h, typed_config: {{'@type': {Types}http.stateful_session.header.v3.HeaderBasedSessionState, name: x-s}}}}}}"
        );

        var settings = Assert.IsType<StatefulSessionSettings>(manager.HttpFilters[0].Settings);
        Assert.Equal((true, "s"), (settings.Strict, settings.StatPrefix));
        var cookie = Assert.IsType<CookieSessionSettings>(settings.State);
        Assert.Equal(("sid", 90L, "/a", "Secure"), (cookie.Name, cookie.TtlSeconds, cookie.Path, cookie.Attributes.Single().Name));
        var route = Assert.IsType<StatefulSessionRouteSettings>(manager.RouteTable!.VirtualHosts[0].Routes[0].PerFilterConfig.Entries[0].Settings);
        Assert.Equal("x-s", Assert.IsType<HeaderSessionSettings>(route.Session!.State).Name.ToString());
    }

    [Fact]
    public void A_route_disables_sessions()
    {
        var manager = Load($"'@type': {Session}", $"'@type': {Session}PerRoute, disabled: true");

        Assert.Null(Assert.IsType<StatefulSessionSettings>(manager.HttpFilters[0].Settings).State);
        Assert.Equal(new StatefulSessionRouteSettings(null), manager.RouteTable!.VirtualHosts[0].Routes[0].PerFilterConfig.Entries[0].Settings);
    }

    [Fact]
    public void Sessions_in_an_envelope_are_refused_by_name()
    {
        var problem = Assert.Single(
            BootstrapLoader
                .Load(
                    Bootstrap(
                        $"'@type': {Session}, session_state: {{name: e, typed_config: {{'@type': {Types}http.stateful_session.envelope.v3.EnvelopeSessionState, header: {{name: x}}}}}}",
                        $"'@type': {Session}PerRoute, disabled: true"
                    ),
                    "b.yaml"
                )
                .Problems
        );

        Assert.Contains("EnvelopeSessionState", problem.Message, StringComparison.Ordinal);
        Assert.Contains("session_state", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", new[] { EdsHealth.Unknown, EdsHealth.Healthy, EdsHealth.Degraded })]
    [InlineData("common_lb_config: {override_host_status: {statuses: [HEALTHY, DRAINING]}}", new[] { EdsHealth.Healthy, EdsHealth.Draining })]
    [InlineData("common_lb_config: {override_host_status: {}}", new EdsHealth[0])]
    public void Which_hosts_a_filter_may_choose_is_said_by_their_health(string text, EdsHealth[] statuses) =>
        Assert.Equal(statuses, Cluster(text).OverrideHostStatuses);

    [Fact]
    public void The_policy_override_host_has_sources_and_another_policy()
    {
        var built = Cluster(Override("{header: x-to}, {metadata: {key: envoy.lb, path: [{key: a}, {key: b}]}}"));

        Assert.Equal(new MaglevPolicy(), built.Policy);
        Assert.Equal(
            ["x-to", "envoy.lb a b"],
            built.OverrideHostSources.Select(static s => s.Header?.ToString() ?? $"{s.MetadataKey} {string.Join(' ', s.MetadataPath)}")
        );
    }

    [Theory]
    [InlineData("{}", "Empty override source")]
    [InlineData("{header: x, metadata: {key: k, path: [{key: a}]}}", "Only one override source must be set")]
    public void A_source_is_one_of_two(string source, string message)
    {
        var problem = Assert.Single(BootstrapLoader.Load($"static_resources: {{clusters: [{{name: c, {Override(source)}}}]}}", "b.yaml").Problems);

        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains("override_host_sources[0]", problem.ToString(), StringComparison.Ordinal);
    }

    private static string Override(string sources) =>
        $"load_balancing_policy: {{policies: [{{typed_extension_config: {{name: o, typed_config: {{'@type': {Types}load_balancing_policies.override_host.v3.OverrideHost, override_host_sources: [{sources}], fallback_policy: {{policies: [{{typed_extension_config: {{name: m, typed_config: {{'@type': {Types}load_balancing_policies.maglev.v3.Maglev}}}}}}]}}}}}}}}]}}";

    private static LoadBalancingSnapshot Cluster(string text)
    {
        var result = BootstrapLoader.Load($"static_resources: {{clusters: [{{name: c, {text}}}]}}", "b.yaml");
        Assert.Empty(result.Problems);
        return Assert.Single(result.Snapshot!.Clusters).LoadBalancing;
    }

    private static HttpConnectionManagerSnapshot Load(string filter, string perRoute)
    {
        var result = BootstrapLoader.Load(Bootstrap(filter, perRoute), "b.yaml");
        Assert.Empty(result.Problems);
        return result.Snapshot!.Listeners[0].ConnectionManager!;
    }

    private static string Bootstrap(string filter, string perRoute) =>
        $$$"""
            static_resources:
              listeners:
              - address: {socket_address: {address: 127.0.0.1, port_value: 1}}
                filter_chains:
                - filters:
                  - name: m
                    typed_config:
                      '@type': {{{Types}}}filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: s
                      http_filters:
                      - name: sessions
                        typed_config: { {{{filter}}} }
                      - name: r
                        typed_config: {'@type': {{{Types}}}filters.http.router.v3.Router}
                      route_config:
                        virtual_hosts:
                        - name: v
                          domains: ['*']
                          routes:
                          - match: {prefix: /}
                            route: {cluster: c}
                            typed_per_filter_config: {sessions: { {{{perRoute}}} }}
              clusters: [{name: c}]
            """;
}
