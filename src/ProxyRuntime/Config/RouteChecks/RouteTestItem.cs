using System.Collections.Immutable;
using Envoy.RouterCheckToolSchema;
using HeaderMatcher = MeshSim.ProxyRuntime.Core.HeaderMatcher;
using HeaderMatcherMessage = Envoy.Config.Route.V3.HeaderMatcher;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>One test as written, its matchers built.</summary>
internal sealed record RouteTestItem(ValidationItem Message, ImmutableArray<ExpectedHeader> RequestHeaders, ImmutableArray<ExpectedHeader> ResponseHeaders)
{
    public ValidationInput Input => Message.Input;

    public ValidationAssert Expected => Message.Validate;

    /// <summary>A matcher that cannot be built has its problem in the map, and the test does not run.</summary>
    public static RouteTestItem Of(ValidationItem test, MatcherBuilder matchers) =>
        new(test, Build(test.Validate?.RequestHeaderMatches ?? [], matchers), Build(test.Validate?.ResponseHeaderMatches ?? [], matchers));

    private static ImmutableArray<ExpectedHeader> Build(IEnumerable<HeaderMatcherMessage> messages, MatcherBuilder matchers) =>
        [
            .. messages
                .Select(message => (message, matcher: matchers.Header(message)))
                .Where(static pair => pair.matcher is not null)
                .Select(static pair => new ExpectedHeader(pair.message, pair.matcher!)),
        ];
}

/// <summary>An entry of request_header_matches or response_header_matches.</summary>
internal sealed record ExpectedHeader(HeaderMatcherMessage Message, HeaderMatcher Matcher);
