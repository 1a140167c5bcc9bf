using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class RbacFilterTests
{
    [Fact]
    public void Allowed_is_only_what_a_policy_fits()
    {
        var admin = new RbacAllOf([new RbacHeader(Chains.Header(":method", "GET")[0]), new RbacHeader(Chains.Header("x-role", "admin")[0])]);
        var proxy = Proxy(new RbacSettings { Rules = Rules(RbacAction.Allow, Policy("p", Path("/pub"), admin)) });

        Assert.Equal(200, proxy.Ask("/pub/x").Log.Code);
        Assert.Equal("403  rbac_access_denied_matched_policy[none] attempts=0", proxy.Ask("/priv").Log.ToString());
        Assert.Equal(19, proxy.Logs[^1].BytesSent);
        Assert.Equal(200, proxy.Ask("/priv", ("x-role", "admin")).Log.Code);
        Assert.Equal(403, proxy.Ask("POST", "/priv", [("x-role", "admin")], 200).Log.Code);
        Assert.Equal((2, 2), (proxy.Stat("http.ingress.rbac.allowed"), proxy.Stat("http.ingress.rbac.denied")));
    }

    [Fact]
    public void Denied_is_what_a_policy_fits_and_shadow_rules_only_count()
    {
        var settings = new RbacSettings
        {
            Rules = Rules(RbacAction.Deny, Policy("d e\tny", Path("/deny"))),
            ShadowRules = Rules(RbacAction.Allow, Policy("s", Path("/shadow"))),
        };
        var proxy = Proxy(settings);

        Assert.Equal("403  rbac_access_denied_matched_policy[d_e_ny] attempts=0", proxy.Ask("/deny").Log.ToString());
        Assert.Equal(200, proxy.Ask("/shadow").Log.Code);
        Assert.Equal(200, proxy.Ask("/other").Log.Code);
        Assert.Equal((2, 1), (proxy.Stat("http.ingress.rbac.allowed"), proxy.Stat("http.ingress.rbac.denied")));
        Assert.Equal((1, 2), (proxy.Stat("http.ingress.rbac.shadow_allowed"), proxy.Stat("http.ingress.rbac.shadow_denied")));
    }

    [Fact]
    public void The_outcome_is_noted_in_metadata()
    {
        var settings = new RbacSettings
        {
            Rules = Rules(RbacAction.Allow, Policy("p", new RbacAny())),
            ShadowRules = Rules(RbacAction.Deny, Policy("s", Path("/x"))),
            ShadowRulesStatPrefix = "dry_",
        };

        Assert.Equal(
            "{\"dry_shadow_engine_result\":\"allowed\",\"enforced_effective_policy_id\":\"p\",\"enforced_engine_result\":\"allowed\"}",
            Noted(Chains.With(settings), "/", "envoy.filters.http.rbac")
        );
        Assert.Equal(
            "{\"dry_shadow_effective_policy_id\":\"s\",\"dry_shadow_engine_result\":\"denied\",\"enforced_effective_policy_id\":\"p\",\"enforced_engine_result\":\"allowed\"}",
            Noted(Chains.With(settings), "/x", "envoy.filters.http.rbac")
        );
    }

    [Theory]
    [InlineData("/log", true)]
    [InlineData("/other", false)]
    public void Log_rules_allow_everything_and_hint_the_access_log(string path, bool expected)
    {
        var settings = new RbacSettings { Rules = Rules(RbacAction.Log, Policy("l", Path("/log"))) };

        Assert.Equal(200, Proxy(settings).Ask(path).Log.Code);
        Assert.Equal($"{{\"access_log_hint\":{(expected ? "true" : "false")}}}", Noted(Chains.With(settings), path, "envoy.common"));
    }

    [Fact]
    public void Statistics_have_prefixes_and_may_be_kept_by_policy()
    {
        var settings = new RbacSettings
        {
            Rules = Rules(RbacAction.Allow, Policy("a", Path("/a")), Policy("b", new RbacAny())),
            ShadowRules = Rules(RbacAction.Deny, Policy("s", new RbacAny())),
            RulesStatPrefix = "real",
            ShadowRulesStatPrefix = "dry.",
            TrackPerRuleStats = true,
        };
        var proxy = Proxy(settings);
        _ = proxy.Ask("/a");
        _ = proxy.Ask("/b");

        Assert.Equal(2, proxy.Stat("http.ingress.rbac.real.allowed"));
        Assert.Equal(1, proxy.Stat("http.ingress.rbac.real.policy.a.allowed"));
        Assert.Equal(1, proxy.Stat("http.ingress.rbac.real.policy.b.allowed"));
        Assert.Equal(2, proxy.Stat("http.ingress.rbac.dry.policy.s.shadow_denied"));
    }

    [Fact]
    public void Settings_of_the_route_replace_those_of_the_filter_but_not_its_statistics()
    {
        var open = Snapshots.Prefix("/open", Snapshots.To("svc")) with { PerFilterConfig = Chains.For("rbac", new RbacSettings()) };
        var other = Snapshots.Prefix("/", Snapshots.To("svc")) with
        {
            PerFilterConfig = Chains.For("rbac", new RbacSettings { Rules = Rules(RbacAction.Deny, Policy("r", new RbacAny())), RulesStatPrefix = "route" }),
        };
        var settings = new RbacSettings { Rules = Rules(RbacAction.Deny, Policy("f", new RbacAny())), RulesStatPrefix = "own" };
        var proxy = new WorkerHarness(Chains.With(Snapshots.Host("*", open, other), settings));

        Assert.Equal(200, proxy.Ask("/open").Log.Code);
        Assert.Equal("403  rbac_access_denied_matched_policy[r] attempts=0", proxy.Ask("/x").Log.ToString());
        Assert.Equal(1, proxy.Stat("http.ingress.rbac.own.denied"));
        Assert.Equal(0, proxy.Stat("http.ingress.rbac.own.allowed"));
    }

    [Fact]
    public void Without_rules_everything_passes_uncounted()
    {
        var proxy = Proxy(new RbacSettings());

        Assert.Equal(200, proxy.Ask().Log.Code);
        Assert.Equal(0, proxy.Stat("http.ingress.rbac.allowed"));
    }

    private static RbacMatcher Path(string prefix) => new RbacUrlPath(StringMatcher.Of(StringMatch.Prefix, prefix));

    private static RbacPolicy Policy(string name, params ImmutableArray<RbacMatcher> permissions) => new(name, permissions, [new RbacAny()]);

    private static RbacRules Rules(RbacAction action, params ImmutableArray<RbacPolicy> policies) => new(action, policies);

    private static WorkerHarness Proxy(RbacSettings settings) => new(Chains.With(settings));

    /// <summary>What stood in the metadata of the request when it was denied, or by a filter behind this one when it passed.</summary>
    private static string? Noted(ProxySnapshot snapshot, string path, string name)
    {
        string? seen = null;
        var watch = new WatchSettings(stream => seen = stream.Info.DynamicMetadata.Get(name)?.ToString());
        var proxy = snapshot.With(manager =>
            manager with
            {
                HttpFilters = manager.HttpFilters.Insert(manager.HttpFilters.Length - 1, new HttpFilterSnapshot("watch", watch)),
            }
        );
        _ = new WorkerHarness(proxy).Ask(path);
        return seen;
    }

    private sealed record WatchSettings(Action<ActiveStream> Look) : ICustomFilterSettings
    {
        public HttpFilter Create() => new WatchFilter(Look);
    }

    private sealed class WatchFilter(Action<ActiveStream> look) : HttpFilter
    {
        private ActiveStream stream = null!;

        public override void Begin(ActiveStream owner) => stream = owner;

        public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
        {
            look(stream);
            return FilterStatus.Continue;
        }
    }
}
