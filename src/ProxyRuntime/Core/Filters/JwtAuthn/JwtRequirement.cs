using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>JwtRequirement: a tree of conditions on the tokens of a request.</summary>
public abstract record JwtRequirement
{
    /// <summary>A requirement that says nothing: anything passes.</summary>
    public static readonly JwtRequirement AllowAll = new JwtAllowAll();

    /// <summary>allow_missing_or_failed: anything passes, but good tokens are taken.</summary>
    public static readonly JwtRequirement AllowMissingOrFailed = new JwtAllowMissingOrFailed();

    /// <summary>allow_missing: a request without a token passes, one with a bad token does not.</summary>
    public static readonly JwtRequirement AllowMissing = new JwtAllowMissing();
}

/// <summary>provider_name or provider_and_audiences: a token of that provider.</summary>
/// <param name="Provider">One of <see cref="JwtAuthnSettings.Providers"/>.</param>
/// <param name="Audiences">audiences, in place of the provider's; empty: the provider's.</param>
public sealed record JwtProviderRequirement(string Provider, ImmutableArray<string> Audiences) : JwtRequirement;

/// <summary>requires_any: one of at least two.</summary>
public sealed record JwtAnyRequirement(ImmutableArray<JwtRequirement> Requirements) : JwtRequirement;

/// <summary>requires_all: each of at least two.</summary>
public sealed record JwtAllRequirement(ImmutableArray<JwtRequirement> Requirements) : JwtRequirement;

internal sealed record JwtAllowAll : JwtRequirement;

internal sealed record JwtAllowMissing : JwtRequirement;

internal sealed record JwtAllowMissingOrFailed : JwtRequirement;
