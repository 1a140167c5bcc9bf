using System.Collections.Immutable;
using Envoy.Config.Rbac.V3;
using MeshSim.ProxyRuntime.Core;
using MetadataMatcherMessage = Envoy.Type.Matcher.V3.MetadataMatcher;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Permissions and principals. What cannot be built is null; the problem that says why stands in the map.</summary>
internal sealed class RbacMatcherBuilder(BuildContext context)
{
    private readonly MatcherBuilder matchers = new(context);

    public RbacMatcher? Build(Permission permission)
    {
        switch (permission.RuleCase)
        {
            case Permission.RuleOneofCase.AndRules:
                return new RbacAllOf(All(permission.AndRules.Rules));
            case Permission.RuleOneofCase.OrRules:
                return new RbacAnyOf(All(permission.OrRules.Rules));
            case Permission.RuleOneofCase.NotRule:
                return Build(permission.NotRule) is { } inner ? new RbacNot(inner) : null;
            case Permission.RuleOneofCase.Any:
                return new RbacAny();
            case Permission.RuleOneofCase.Header:
                return Header(permission.Header);
            case Permission.RuleOneofCase.UrlPath:
                return UrlPath(permission.UrlPath);
            case Permission.RuleOneofCase.UriTemplate:
                return new UriTemplateBuilder(context).Build(permission.UriTemplate) is { } template ? new RbacUriTemplate(template) : null;
            case Permission.RuleOneofCase.DestinationIp:
                return Address(RbacAddressKind.Destination, permission.DestinationIp);
            case Permission.RuleOneofCase.DestinationPort:
                var port = (int)Math.Min(permission.DestinationPort, ushort.MaxValue);
                return new RbacDestinationPort(port, port + 1);
            case Permission.RuleOneofCase.DestinationPortRange:
                return new RbacDestinationPort(permission.DestinationPortRange.Start, permission.DestinationPortRange.End);
            case Permission.RuleOneofCase.Metadata:
                return Metadata(permission.Metadata, ofRoute: false);
            case Permission.RuleOneofCase.SourcedMetadata:
                return Metadata(permission.SourcedMetadata);
            case Permission.RuleOneofCase.RequestedServerName:
                return matchers.Text(permission.RequestedServerName) is { } name ? new RbacServerName(name) : null;
            case Permission.RuleOneofCase.Matcher:
                context.NotSupported(permission, "matcher", "the other permissions");
                return null;
            default:
                return null;
        }
    }

    public RbacMatcher? Build(Principal principal)
    {
        switch (principal.IdentifierCase)
        {
            case Principal.IdentifierOneofCase.AndIds:
                return new RbacAllOf(All(principal.AndIds.Ids));
            case Principal.IdentifierOneofCase.OrIds:
                return new RbacAnyOf(All(principal.OrIds.Ids));
            case Principal.IdentifierOneofCase.NotId:
                return Build(principal.NotId) is { } inner ? new RbacNot(inner) : null;
            case Principal.IdentifierOneofCase.Any:
                return new RbacAny();
            case Principal.IdentifierOneofCase.Authenticated:
                return new RbacAuthenticated(matchers.Text(principal.Authenticated.PrincipalName));
            case Principal.IdentifierOneofCase.SourceIp:
                return Address(RbacAddressKind.DirectRemote, principal.SourceIp);
            case Principal.IdentifierOneofCase.DirectRemoteIp:
                return Address(RbacAddressKind.DirectRemote, principal.DirectRemoteIp);
            case Principal.IdentifierOneofCase.RemoteIp:
                return Address(RbacAddressKind.Remote, principal.RemoteIp);
            case Principal.IdentifierOneofCase.Header:
                return Header(principal.Header);
            case Principal.IdentifierOneofCase.UrlPath:
                return UrlPath(principal.UrlPath);
            case Principal.IdentifierOneofCase.Metadata:
                return Metadata(principal.Metadata, ofRoute: false);
            case Principal.IdentifierOneofCase.SourcedMetadata:
                return Metadata(principal.SourcedMetadata);
            case Principal.IdentifierOneofCase.FilterState:
                return matchers.FilterState(principal.FilterState) is { } state ? new RbacFilterState(state) : null;
            case Principal.IdentifierOneofCase.Custom:
                context.NotSupported(principal, "custom", "the other principals");
                return null;
            default:
                return null;
        }
    }

    private ImmutableArray<RbacMatcher> All(IEnumerable<Permission> rules) => [.. rules.Select(Build).OfType<RbacMatcher>()];

    private ImmutableArray<RbacMatcher> All(IEnumerable<Principal> ids) => [.. ids.Select(Build).OfType<RbacMatcher>()];

    private RbacHeader? Header(Envoy.Config.Route.V3.HeaderMatcher message) => matchers.Header(message) is { } header ? new RbacHeader(header) : null;

    private RbacUrlPath? UrlPath(Envoy.Type.Matcher.V3.PathMatcher message) => matchers.Text(message.Path) is { } path ? new RbacUrlPath(path) : null;

    private static RbacAddress? Address(RbacAddressKind kind, Envoy.Config.Core.V3.CidrRange message) =>
        MatcherBuilder.Range(message) is { } range ? new RbacAddress(kind, range) : null;

    private RbacMetadata? Metadata(SourcedMetadata message) => Metadata(message.MetadataMatcher, message.MetadataSource == MetadataSource.Route);

    private RbacMetadata? Metadata(MetadataMatcherMessage? message, bool ofRoute) =>
        new MetadataBuilder(context).Matcher(message) is { } matcher ? new RbacMetadata(matcher, ofRoute) : null;
}
