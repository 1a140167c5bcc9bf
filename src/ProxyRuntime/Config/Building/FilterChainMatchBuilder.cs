using System.Collections.Immutable;
using Google.Protobuf.Collections;
using MeshSim.ProxyRuntime.Core;
using CidrRange = MeshSim.ProxyRuntime.Core.CidrRange;
using CidrRangeMessage = Envoy.Config.Core.V3.CidrRange;
using FilterChainMatch = MeshSim.ProxyRuntime.Core.FilterChainMatch;
using FilterChainMatchMessage = Envoy.Config.Listener.V3.FilterChainMatch;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>filter_chain_match.</summary>
internal static class FilterChainMatchBuilder
{
    public static FilterChainMatch Build(FilterChainMatchMessage? match)
    {
        if (match is null || match.Equals(new FilterChainMatchMessage()))
        {
            return FilterChainMatch.Any;
        }

        return new FilterChainMatch
        {
            DestinationPort = match.DestinationPort is { } port ? (int)Math.Min(port, ushort.MaxValue) : null,
            PrefixRanges = Ranges(match.PrefixRanges),
            ServerNames = [.. match.ServerNames.Select(static name => name.ToLowerInvariant())],
            TransportProtocol = match.TransportProtocol,
            ApplicationProtocols = [.. match.ApplicationProtocols],
            DirectSourcePrefixRanges = Ranges(match.DirectSourcePrefixRanges),
            SourceType = (ConnectionSourceType)(int)match.SourceType,
            SourcePrefixRanges = Ranges(match.SourcePrefixRanges),
            SourcePorts = [.. match.SourcePorts.Select(static port => (int)Math.Min(port, ushort.MaxValue))],
        };
    }

    private static ImmutableArray<CidrRange> Ranges(RepeatedField<CidrRangeMessage> ranges) => [.. ranges.Select(MatcherBuilder.Range).OfType<CidrRange>()];
}
