using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>RateLimit.Action: makes one entry of a descriptor, or none.</summary>
public abstract record RateLimitAction
{
    /// <summary>Adds the entry, if there is one. False: there is no descriptor at all.</summary>
    internal abstract bool Append(in RateLimitRequest request, RateLimitDescriptors output);
}

/// <summary>source_cluster: (<c>source_cluster</c>, the proxy's own cluster).</summary>
public sealed record SourceClusterAction : RateLimitAction
{
    internal override bool Append(in RateLimitRequest request, RateLimitDescriptors output)
    {
        output.AddEntry("source_cluster", request.LocalCluster);
        return true;
    }
}

/// <summary>destination_cluster: (<c>destination_cluster</c>, the route's cluster). Without a route that forwards no descriptor.</summary>
public sealed record DestinationClusterAction : RateLimitAction
{
    internal override bool Append(in RateLimitRequest request, RateLimitDescriptors output)
    {
        if (request.Selection.Action is null)
        {
            return false;
        }

        output.AddEntry("destination_cluster", request.Selection.Cluster);
        return true;
    }
}

/// <summary>request_headers: (key, first value). Without the header no descriptor, or, with skip_if_absent, no entry.</summary>
public sealed record RequestHeadersAction(HeaderName Header, string Key, bool SkipIfAbsent = false) : RateLimitAction
{
    internal override bool Append(in RateLimitRequest request, RateLimitDescriptors output)
    {
        if (!request.Headers.TryGet(Header, out var value))
        {
            return SkipIfAbsent;
        }

        output.AddEntry(Key, value);
        return true;
    }
}

/// <summary>query_parameters: (key, first value, decoded). Without the parameter no descriptor, or, with skip_if_absent, no entry.</summary>
public sealed record QueryParametersAction(string Parameter, string Key, bool SkipIfAbsent = false) : RateLimitAction
{
    private readonly byte[] name = Encoding.UTF8.GetBytes(Parameter);

    internal override bool Append(in RateLimitRequest request, RateLimitDescriptors output)
    {
        if (!QueryString.TryGetDecoded(request.Query, name, request.Scratch, out var value))
        {
            return SkipIfAbsent;
        }

        output.AddEntry(Key, value);
        return true;
    }
}

/// <summary>remote_address: (<c>remote_address</c>, address of the client as far as it is trusted).</summary>
public sealed record RemoteAddressAction : RateLimitAction
{
    internal override bool Append(in RateLimitRequest request, RateLimitDescriptors output)
    {
        var address = request.Info.RemoteAddress;
        if (address.Bytes.IsEmpty)
        {
            return false;
        }

        output.AddEntry("remote_address", address.IpBytes);
        return true;
    }
}

/// <summary>masked_remote_address: (<c>masked_remote_address</c>, the client's network, <c>10.1.0.0/16</c>).</summary>
/// <param name="V4Bits">v4_prefix_mask_len, 0 to 32. Default 32.</param>
/// <param name="V6Bits">v6_prefix_mask_len, 0 to 128. Default 128.</param>
public sealed record MaskedRemoteAddressAction(int V4Bits = 32, int V6Bits = 128) : RateLimitAction
{
    internal override bool Append(in RateLimitRequest request, RateLimitDescriptors output)
    {
        var address = request.Info.RemoteAddress.Bytes;
        if (address.IsEmpty)
        {
            return false;
        }

        request.Scratch.Clear();
        AddressText.WriteNetwork(address, address.Length == 4 ? V4Bits : V6Bits, request.Scratch);
        output.AddEntry("masked_remote_address", request.Scratch.Span);
        return true;
    }
}

/// <summary>generic_key: a constant.</summary>
/// <param name="Key">descriptor_key. Default <c>generic_key</c>.</param>
/// <param name="Value">descriptor_value.</param>
public sealed record GenericKeyAction(string Key, string Value) : RateLimitAction
{
    internal override bool Append(in RateLimitRequest request, RateLimitDescriptors output)
    {
        output.AddEntry(Key, Value);
        return true;
    }
}

/// <summary>header_value_match: a constant, if all headers fit, or if not all do; else no descriptor.</summary>
/// <param name="Key">descriptor_key. Default <c>header_match</c>.</param>
/// <param name="Value">descriptor_value.</param>
/// <param name="ExpectMatch">expect_match. Default true.</param>
public sealed record HeaderValueMatchAction(string Key, string Value, bool ExpectMatch, ImmutableArray<HeaderMatcher> Headers) : RateLimitAction
{
    internal override bool Append(in RateLimitRequest request, RateLimitDescriptors output)
    {
        var all = true;
        foreach (var header in Headers)
        {
            all &= header.Matches(request.Headers);
        }

        if (all != ExpectMatch)
        {
            return false;
        }

        output.AddEntry(Key, Value);
        return true;
    }
}

/// <summary>query_parameter_value_match: a constant, if all parameters, decoded, fit, or if not all do; else no descriptor.</summary>
/// <param name="Key">descriptor_key. Default <c>query_match</c>.</param>
/// <param name="Value">descriptor_value.</param>
/// <param name="ExpectMatch">expect_match. Default true.</param>
public sealed record QueryParameterValueMatchAction(string Key, string Value, bool ExpectMatch, ImmutableArray<QueryParameterMatcher> Parameters)
    : RateLimitAction
{
    internal override bool Append(in RateLimitRequest request, RateLimitDescriptors output)
    {
        var all = true;
        foreach (var parameter in Parameters)
        {
            all &= parameter.MatchesDecoded(request.Query, request.Scratch);
        }

        if (all != ExpectMatch)
        {
            return false;
        }

        output.AddEntry(Key, Value);
        return true;
    }
}

/// <summary>metadata and dynamic_metadata: a text of metadata, or a default. With neither no descriptor, or, with skip_if_absent, no entry.</summary>
/// <param name="OfRoute">source ROUTE_ENTRY; false: DYNAMIC.</param>
public sealed record MetadataAction(string Key, bool OfRoute, string Namespace, ImmutableArray<string> Path, string Default, bool SkipIfAbsent)
    : RateLimitAction
{
    internal override bool Append(in RateLimitRequest request, RateLimitDescriptors output)
    {
        var fields = OfRoute ? request.Selection.Route?.Metadata.Get(Namespace) : request.Info.DynamicMetadata.Get(Namespace);
        var found = fields?.At(Path.AsSpan())?.Text ?? "";
        var text = found.Length > 0 ? found : Default;
        if (text.Length == 0)
        {
            return SkipIfAbsent;
        }

        output.AddEntry(Key, text);
        return true;
    }
}
