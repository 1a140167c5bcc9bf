using System.Collections.Immutable;
using System.Numerics;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Makes one hash of a request from a route's hash_policy.</summary>
internal static class HashPolicies
{
    /// <param name="newCookies">Receives the cookies that were made, as set-cookie values; null where none can be set.</param>
    public static ulong? Hash(ImmutableArray<HashPolicy> policies, HeaderMap request, StreamInfo info, ByteBuffer scratch, List<string>? newCookies)
    {
        ulong? hash = null;
        foreach (var policy in policies)
        {
            if (Evaluate(policy, request, info, scratch, newCookies) is { } next)
            {
                // Turning the old value keeps two equal entries from cancelling each other out.
                hash = BitOperations.RotateLeft(hash ?? 0, 1) ^ next;
            }

            if (policy.Terminal && hash is not null)
            {
                break;
            }
        }

        return hash;
    }

    private static ulong? Evaluate(HashPolicy policy, HeaderMap request, StreamInfo info, ByteBuffer scratch, List<string>? newCookies) =>
        policy switch
        {
            HeaderHashPolicy header => OfHeader(header, request, scratch),
            CookieHashPolicy cookie => OfCookie(cookie, request, info, newCookies),
            SourceIpHashPolicy => XxHash64.Of(info.RemoteAddress.IpBytes),
            QueryParameterHashPolicy parameter => QueryString.TryGet(QueryString.Of(request.Get(HeaderName.Path)), parameter.NameBytes, out var value)
                ? XxHash64.Of(value)
                : null,
            FilterStateHashPolicy state => info.FilterState.Get(state.Key) is { } text ? XxHash64.Of(Encoding.UTF8.GetBytes(text)) : null,
            _ => null,
        };

    private static ulong? OfHeader(HeaderHashPolicy policy, HeaderMap request, ByteBuffer scratch)
    {
        var first = request.IndexOf(policy.Name);
        if (first < 0)
        {
            return null;
        }

        if (request.IndexOf(policy.Name, first + 1) < 0)
        {
            return XxHash64.Of(Rewritten(policy, request[first].Value, scratch));
        }

        // Rare: the values are sorted, so that their order does not matter.
        List<byte[]> values = [];
        for (var at = first; at >= 0; at = request.IndexOf(policy.Name, at + 1))
        {
            values.Add(Rewritten(policy, request[at].Value, scratch).ToArray());
        }

        values.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
        ulong seed = 0;
        foreach (var value in values)
        {
            seed = XxHash64.Of(value, seed);
        }

        return seed;
    }

    private static ReadOnlySpan<byte> Rewritten(HeaderHashPolicy policy, ReadOnlySpan<byte> value, ByteBuffer scratch)
    {
        if (policy.Rewrite is null)
        {
            return value;
        }

        scratch.Clear();
        policy.Rewrite.Apply(value, scratch);
        return scratch.Span;
    }

    private static ulong? OfCookie(CookieHashPolicy policy, HeaderMap request, StreamInfo info, List<string>? newCookies)
    {
        if (Cookies.TryGet(request, policy.NameBytes, out var value) && !value.IsEmpty)
        {
            return XxHash64.Of(value);
        }

        if (policy.TtlSeconds is null || newCookies is null)
        {
            return null;
        }

        var made = AffinityCookie.NewValue(info.Connection);
        newCookies.Add(AffinityCookie.Text(policy, made));
        return XxHash64.Of(Encoding.ASCII.GetBytes(made));
    }
}
