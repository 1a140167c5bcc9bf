namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Settings of jwt_authn for tests: provider <c>p</c>, whose tokens are signed with the secret of <see cref="TestTokens"/>.</summary>
internal static class JwtAuthnSamples
{
    /// <summary>The keys as a server sends them.</summary>
    public static readonly string KeySet = $$"""{"keys":[{{TestTokens.Key("HS256")}}]}""";

    public static readonly JwtProvider Provider = new()
    {
        Name = "p",
        Issuer = "https://issuer.test",
        LocalJwks = TestTokens.Keys(TestTokens.Key("HS256")),
    };

    /// <summary>Keys that cluster <c>side</c> has.</summary>
    public static readonly RemoteJwks Remote = new("side", "https", "keys.test:8443", "/jwks?v=1", 700 * MonotonicTime.NanosecondsPerMillisecond);

    public static readonly JwtRequirement OfP = new JwtProviderRequirement("p", []);

    /// <summary>One provider; without rules every request needs a token of it.</summary>
    public static JwtAuthnSettings Settings(JwtProvider provider, params JwtRule[] rules) =>
        new() { Providers = [provider], Rules = rules.Length == 0 ? [Always(OfP)] : [.. rules] };

    public static JwtRule Always(JwtRequirement requirement) => new(new RouteMatch(PathSpecifier.Prefix, "/"), requirement);
}

/// <summary>A filter that leaves a text in the filter state.</summary>
internal sealed record SetsFilterState(string Key, string Text) : ICustomFilterSettings
{
    public HttpFilter Create() => new Filter(this);

    private sealed class Filter(SetsFilterState settings) : HttpFilter
    {
        private ActiveStream stream = null!;

        public override void Begin(ActiveStream stream) => this.stream = stream;

        public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
        {
            stream.Info.FilterState.Set(settings.Key, settings.Text);
            return FilterStatus.Continue;
        }
    }
}
