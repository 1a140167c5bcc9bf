using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>From YAML to the settings of jwt_authn, and what is refused.</summary>
public class JwtAuthnTests
{
    private const string Type = "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication";
    private const string PerRoute = "\"@type\": x/envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig";
    private const string Keys = """{"keys":[{"kty":"oct","alg":"HS256","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}]}""";
    private const long Second = 1_000_000_000;

    [Fact]
    public void All_of_a_provider_with_local_keys_comes_through()
    {
        var settings = Settings(
            $$$"""
            providers:
              p:
                issuer: https://issuer.test
                audiences: [a, b]
                subjects: {prefix: spiffe}
                require_expiration: true
                max_lifetime: 3.5s
                local_jwks: {inline_string: '{{{Keys}}}'}
                forward: true
                from_headers: [{name: X-Jwt, value_prefix: "t "}]
                from_params: [q]
                from_cookies: [c]
                forward_payload_header: X-Payload
                pad_forward_payload_header: true
                payload_in_metadata: payload
                header_in_metadata: header
                failed_status_in_metadata: failed
                normalize_payload_in_metadata: {space_delimited_claims: [scope]}
                clock_skew_seconds: 7
                jwt_cache_config: {jwt_cache_size: 5, jwt_max_token_size: 9}
                claim_to_headers: [{header_name: X-Sub, claim_name: a.sub}]
                clear_route_cache: true
              a:
                local_jwks: {inline_string: ""}
                jwt_cache_config: {}
            bypass_cors_preflight: true
            strip_failure_response: true
            stat_prefix: mine
            """
        );
        Assert.Equal(["a", "p"], settings.Providers.Select(static provider => provider.Name));
        Assert.True(settings.BypassCorsPreflight);
        Assert.True(settings.StripFailureResponse);
        Assert.Equal("mine", settings.StatPrefix);
        var provider = settings.Providers[1];
        Assert.Equal("https://issuer.test", provider.Issuer);
        Assert.Equal(["a", "b"], provider.Audiences.ToArray());
        Assert.Equal("starts with 'spiffe'", provider.Subjects!.ToString());
        Assert.True(provider.RequireExpiration);
        Assert.Equal(3_500_000_000, provider.MaxLifetimeNs);
        Assert.NotNull(provider.LocalJwks);
        Assert.True(provider.Forward);
        Assert.Equal(("x-jwt", "t "), (provider.FromHeaders[0].Name.Name, provider.FromHeaders[0].ValuePrefix));
        Assert.Equal(["q"], provider.FromParams.ToArray());
        Assert.Equal(["c"], provider.FromCookies.ToArray());
        Assert.Equal("x-payload", provider.ForwardPayloadHeader!.Name);
        Assert.True(provider.PadForwardPayloadHeader);
        Assert.Equal(("payload", "header", "failed"), (provider.PayloadInMetadata, provider.HeaderInMetadata, provider.FailedStatusInMetadata));
        Assert.Equal(["scope"], provider.SpaceDelimitedClaims.ToArray());
        Assert.Equal(7U, provider.ClockSkewSeconds);
        Assert.Equal(new JwtCacheSettings(5, 9), provider.Cache);
        Assert.Equal("x-sub", provider.ClaimToHeaders[0].Header.Name);
        Assert.Equal(["a", "sub"], provider.ClaimToHeaders[0].ClaimPath.ToArray());
        Assert.True(provider.ClearRouteCache);

        var bare = settings.Providers[0];
        Assert.Null(bare.LocalJwks);
        Assert.Equal(new JwtCacheSettings(100, 4096), bare.Cache);
        Assert.Equal(60U, bare.ClockSkewSeconds);
        Assert.Null(bare.MaxLifetimeNs);
    }

    [Fact]
    public void Remote_keys_come_through_with_their_defaults()
    {
        var settings = Settings(
            """
            providers:
              a: {remote_jwks: {http_uri: {uri: "https://keys.test:8443/jwks?v=1", cluster: keys, timeout: 0.7s}}}
              b:
                remote_jwks:
                  http_uri: {uri: http://keys.test, cluster: keys, timeout: 1s}
                  cache_duration: 12.9s
                  async_fetch: {failed_refetch_duration: 0.25s}
                  retry_policy: {num_retries: 3, retry_back_off: {base_interval: 0.05s, max_interval: 0.4s}}
            """
        );
        var a = settings.Providers[0].RemoteJwks!;
        Assert.Equal(new RemoteJwks("keys", "https", "keys.test:8443", "/jwks?v=1", 700_000_000), a);
        Assert.Equal(600 * Second, a.CacheDurationNs);
        Assert.Null(a.AsyncFetch);
        var b = settings.Providers[1].RemoteJwks!;
        Assert.Equal(("http", "keys.test", "/"), (b.Scheme, b.Host, b.Path));
        Assert.Equal(12 * Second, b.CacheDurationNs);
        Assert.Equal(250_000_000, b.AsyncFetch!.FailedRefetchNs);
        var retry = b.RetryPolicy!;
        Assert.Equal(RetryOn.FiveXx | RetryOn.GatewayError | RetryOn.ConnectFailure | RetryOn.Reset, retry.RetryOn);
        Assert.Equal((3U, 50L, 400L), (retry.NumRetries, retry.BaseIntervalMs!.Value, retry.MaxIntervalMs!.Value));
        Assert.Equal(400_000_000, retry.PerTryTimeoutNs);
    }

    [Fact]
    public void A_retry_policy_that_says_nothing_waits_a_second_at_first()
    {
        var settings = Settings("providers: {a: {remote_jwks: {http_uri: {uri: http://k, cluster: k, timeout: 1s}, retry_policy: {}}}}");
        var retry = settings.Providers[0].RemoteJwks!.RetryPolicy!;
        Assert.Equal((1U, 1000L, 10_000L), (retry.NumRetries, retry.BaseIntervalMs!.Value, retry.MaxIntervalMs!.Value));
    }

    [Fact]
    public void Keys_can_stand_in_a_file()
    {
        var result = FilterConfiguration.Load(Type, "providers: {p: {local_jwks: {filename: /keys.json}}}", environment: new KeyFile());
        Assert.NotNull(FilterConfiguration.Settings<JwtAuthnSettings>(result).Providers[0].LocalJwks);
    }

    [Fact]
    public void Requirements_of_every_kind_come_through()
    {
        var settings = Settings(
            $$$$$"""
            providers:
              p:
                local_jwks: {inline_string: '{{{{{Keys}}}}}'}
            requirement_map:
              z: {provider_name: p}
              b: {requires_all: {requirements: [{provider_name: p}, {allow_missing: {}}]}}
            rules:
            - {match: {prefix: /open}}
            - {match: {path: /x, headers: [{name: h}], query_parameters: [{name: q}]}, requires: {provider_and_audiences: {provider_name: p, audiences: [a]}}}
            - {match: {prefix: /n}, requirement_name: z}
            - {match: {prefix: /e}, requires: {}}
            - {match: {prefix: /any}, requires: {requires_any: {requirements: [{provider_name: p}, {allow_missing_or_failed: {}}]}}}
            filter_state_rules: {name: chooser, requires: {k: {provider_name: p}}}
            """
        );
        Assert.Null(settings.Rules[0].Requires);
        Assert.Equal(PathSpecifier.Path, settings.Rules[1].Match.Path.Specifier);
        Assert.Single(settings.Rules[1].Match.Headers);
        Assert.Single(settings.Rules[1].Match.QueryParameters);
        var audiences = Assert.IsType<JwtProviderRequirement>(settings.Rules[1].Requires);
        Assert.Equal("p", audiences.Provider);
        Assert.Equal(["a"], audiences.Audiences.ToArray());
        Assert.Equal("p", Assert.IsType<JwtProviderRequirement>(settings.Rules[2].Requires).Provider);
        Assert.Same(JwtRequirement.AllowAll, settings.Rules[3].Requires);
        var any = Assert.IsType<JwtAnyRequirement>(settings.Rules[4].Requires);
        Assert.Same(JwtRequirement.AllowMissingOrFailed, any.Requirements[1]);
        Assert.Equal(["b", "z"], settings.RequirementMap.Select(static entry => entry.Name));
        var all = Assert.IsType<JwtAllRequirement>(settings.RequirementMap[0].Requirement);
        Assert.Same(JwtRequirement.AllowMissing, all.Requirements[1]);
        Assert.Equal("chooser", settings.FilterStateRules!.Name);
        Assert.Equal("k", Assert.Single(settings.FilterStateRules.Requires).Name);
    }

    [Fact]
    public void Routes_can_switch_it_off_or_name_a_requirement()
    {
        var off = FilterConfiguration.Load(Type, "bypass_cors_preflight: false", $"{{{PerRoute}, disabled: true}}");
        Assert.Null(FilterConfiguration.RouteSettings<JwtRouteSettings>(off).RequirementName);
        var named = FilterConfiguration.Load(Type, "bypass_cors_preflight: false", $"{{{PerRoute}, requirement_name: r}}");
        Assert.Equal("r", FilterConfiguration.RouteSettings<JwtRouteSettings>(named).RequirementName);
    }

    [Theory]
    [InlineData("providers: {p: {}}", "providers.p", "one of these fields is required in JwtProvider: remote_jwks, local_jwks")]
    [InlineData(
        "providers: {p: {local_jwks: {inline_string: \"no\"}}}",
        "providers.p.local_jwks",
        "Provider 'p' in jwt_authn config has invalid local jwks: Jwks is an invalid JSON"
    )]
    [InlineData("providers: {p: {local_jwks: {filename: /none}}}", "local_jwks.filename", "")]
    [InlineData("providers: {p: {remote_jwks: {http_uri: {uri: /jwks, cluster: k, timeout: 1s}}}}", "http_uri.uri", "Provider 'p' has an invalid URI: '/jwks'")]
    [InlineData(
        "providers: {p: {remote_jwks: {http_uri: {uri: http://k, cluster: k, timeout: 1s}, retry_policy: {retry_back_off: {base_interval: 2s, max_interval: 1s}}}}}",
        "retry_back_off.max_interval",
        "max_interval must be greater than or equal to the base_interval"
    )]
    [InlineData("rules: [{match: {prefix: /}, requires: {provider_name: q}}]", "requires.provider_name", "Required provider ['q'] is not configured.")]
    [InlineData(
        "rules: [{match: {prefix: /}, requirement_name: q}]\nrequirement_map: {b: {}, a: {}}",
        "rules[0].requirement_name",
        "Wrong requirement_name: q. It should be one of [a,b]"
    )]
    [InlineData("rules: [{match: {prefix: /}, requires: {requires_any: {requirements: [{}]}}}]", "requires_any.requirements", "")]
    public void What_Envoy_refuses_is_refused(string settings, string path, string message) =>
        FilterConfiguration.ExpectProblem(FilterConfiguration.Load(Type, settings), path, message);

    [Fact]
    public void What_of_a_match_is_not_looked_at_is_told()
    {
        var result = FilterConfiguration.Load(Type, "rules: [{match: {prefix: /, grpc: {}, runtime_fraction: {default_value: {numerator: 1}}}}]");
        Assert.Empty(result.Problems);
        Assert.Equal(2, result.Warnings.Count(static warning => warning.Message.Contains("it has no effect here", StringComparison.Ordinal)));
    }

    [Fact]
    public void Fast_listener_is_told_to_have_no_effect()
    {
        const string Remote = "providers: {p: {remote_jwks: {http_uri: {uri: http://k, cluster: k, timeout: 1s}, async_fetch: {fast_listener: true}}}}";
        var warning = Assert.Single(FilterConfiguration.Load(Type, Remote).Warnings);
        Assert.EndsWith("async_fetch.fast_listener", warning.Path, StringComparison.Ordinal);
    }

    private sealed class KeyFile : ConfigEnvironment
    {
        public override byte[]? ReadFile(string path, long maxBytes, out string? error)
        {
            error = null;
            return path == "/keys.json" ? System.Text.Encoding.UTF8.GetBytes(Keys) : null;
        }

        public override string? ReadVariable(string name, out string? error)
        {
            error = "none";
            return null;
        }
    }

    private static JwtAuthnSettings Settings(string yaml) => FilterConfiguration.Settings<JwtAuthnSettings>(FilterConfiguration.Load(Type, yaml));
}
