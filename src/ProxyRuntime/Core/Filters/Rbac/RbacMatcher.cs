using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>config.rbac.v3.Permission or Principal: a test of a request.</summary>
public abstract record RbacMatcher
{
    internal abstract bool Matches(in RbacRequest request);

    internal static bool MatchesAny(ImmutableArray<RbacMatcher> matchers, in RbacRequest request)
    {
        foreach (var matcher in matchers)
        {
            if (matcher.Matches(request))
            {
                return true;
            }
        }

        return false;
    }

    internal static bool MatchesText(StringMatcher matcher, string text)
    {
        var length = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> bytes = length <= 512 ? stackalloc byte[length] : new byte[length];
        return matcher.Matches(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }
}

/// <summary>any.</summary>
public sealed record RbacAny : RbacMatcher
{
    internal override bool Matches(in RbacRequest request) => true;
}

/// <summary>and_rules, and_ids.</summary>
public sealed record RbacAllOf(ImmutableArray<RbacMatcher> Matchers) : RbacMatcher
{
    internal override bool Matches(in RbacRequest request)
    {
        foreach (var matcher in Matchers)
        {
            if (!matcher.Matches(request))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>or_rules, or_ids.</summary>
public sealed record RbacAnyOf(ImmutableArray<RbacMatcher> Matchers) : RbacMatcher
{
    internal override bool Matches(in RbacRequest request) => MatchesAny(Matchers, request);
}

/// <summary>not_rule, not_id.</summary>
public sealed record RbacNot(RbacMatcher Matcher) : RbacMatcher
{
    internal override bool Matches(in RbacRequest request) => !Matcher.Matches(request);
}

/// <summary>header.</summary>
public sealed record RbacHeader(HeaderMatcher Matcher) : RbacMatcher
{
    internal override bool Matches(in RbacRequest request) => Matcher.Matches(request.Headers);
}

/// <summary>url_path: the path without query and fragment.</summary>
public sealed record RbacUrlPath(StringMatcher Path) : RbacMatcher
{
    internal override bool Matches(in RbacRequest request) =>
        request.Headers.TryGet(HeaderName.Path, out var target) && Path.Matches(RequestPath.WithoutQuery(target));
}

/// <summary>uri_template: the path without query and fragment.</summary>
public sealed record RbacUriTemplate(UriTemplate Template) : RbacMatcher
{
    internal override bool Matches(in RbacRequest request) => Template.Regex.IsFullMatch(RequestPath.WithoutQuery(request.Headers.Get(HeaderName.Path)));
}

/// <summary>destination_ip, direct_remote_ip, source_ip, remote_ip: an address within a range.</summary>
public sealed record RbacAddress(RbacAddressKind Kind, CidrRange Range) : RbacMatcher
{
    internal override bool Matches(in RbacRequest request) =>
        Range.Contains(
            Kind switch
            {
                RbacAddressKind.Destination => request.Info.Connection.Local,
                RbacAddressKind.Remote => request.Info.RemoteAddress,
                _ => request.Info.Connection.Remote,
            }
        );
}

/// <summary>Which address of a request is meant.</summary>
public enum RbacAddressKind : byte
{
    /// <summary>destination_ip: where the client connected to.</summary>
    Destination,

    /// <summary>direct_remote_ip and source_ip: the peer of the connection.</summary>
    DirectRemote,

    /// <summary>remote_ip: the client as far as x-forwarded-for can be trusted.</summary>
    Remote,
}

/// <summary>destination_port and destination_port_range, which excludes its end.</summary>
public sealed record RbacDestinationPort(int Start, int End) : RbacMatcher
{
    internal override bool Matches(in RbacRequest request) =>
        !request.Info.Connection.Local.Bytes.IsEmpty && request.Info.Connection.Local.Port >= Start && request.Info.Connection.Local.Port < End;
}

/// <summary>metadata and sourced_metadata.</summary>
/// <param name="OfRoute">metadata_source ROUTE; false: DYNAMIC.</param>
public sealed record RbacMetadata(MetadataMatcher Matcher, bool OfRoute = false) : RbacMatcher
{
    internal override bool Matches(in RbacRequest request)
    {
        if (!OfRoute)
        {
            return Matcher.Matches(request.Info.DynamicMetadata);
        }

        return request.Route is { } route && Matcher.Matches(route.Metadata);
    }
}

/// <summary>requested_server_name: of the TLS handshake, empty if unknown.</summary>
public sealed record RbacServerName(StringMatcher Name) : RbacMatcher
{
    internal override bool Matches(in RbacRequest request) => MatchesText(Name, request.Info.Connection.RequestedServerName);
}

/// <summary>
/// authenticated: a TLS connection, with a principal_name one of whose peer's URI names, DNS names or subject fits. A peer without a
/// certificate has an empty subject.
/// </summary>
/// <param name="PrincipalName">principal_name; null: any peer.</param>
public sealed record RbacAuthenticated(StringMatcher? PrincipalName) : RbacMatcher
{
    internal override bool Matches(in RbacRequest request)
    {
        var connection = request.Info.Connection;
        if (!connection.IsTls || PrincipalName is null)
        {
            return connection.IsTls;
        }

        var principals = connection.PeerPrincipals;
        for (var i = 0; i < principals.Count; i++)
        {
            if (MatchesText(PrincipalName, principals[i]))
            {
                return true;
            }
        }

        return principals.Count == 0 && PrincipalName.Matches(default);
    }
}

/// <summary>filter_state.</summary>
public sealed record RbacFilterState(FilterStateMatcher Matcher) : RbacMatcher
{
    internal override bool Matches(in RbacRequest request) => Matcher.Matches(request.Info.FilterState);
}

/// <summary>What the tests look at.</summary>
/// <param name="Route">The route of the request; null for none.</param>
internal readonly record struct RbacRequest(HeaderMap Headers, StreamInfo Info, Route? Route);
