using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What one of the rate_limits of a route or virtual host makes of a request.</summary>
/// <param name="OfVirtualHost">It stands in the virtual host.</param>
/// <param name="Stage">stage.</param>
/// <param name="Entries">The entries of its descriptor; none if it makes none.</param>
public sealed record RateLimitText(bool OfVirtualHost, uint Stage, ImmutableArray<HeaderLine> Entries)
{
    internal static ImmutableArray<RateLimitText> Of(ActiveStream stream, WorkerContext context)
    {
        if (stream.Selection.Action is not { } action)
        {
            return [];
        }

        // What a filter without an option of its own looks at.
        var request = new RateLimitRequest(stream.RequestHeaders, stream.Info, stream.Selection, context);
        var all = ImmutableArray.CreateBuilder<RateLimitText>();
        foreach (var policy in action.RateLimits)
        {
            all.Add(Of(policy, request, ofVirtualHost: false));
        }

        if (RouteRateLimits.VirtualHostCounts(action, VhRateLimits.Override))
        {
            foreach (var policy in stream.Selection.VirtualHost!.RateLimits)
            {
                all.Add(Of(policy, request, ofVirtualHost: true));
            }
        }

        return all.ToImmutable();
    }

    private static RateLimitText Of(RateLimitPolicy policy, in RateLimitRequest request, bool ofVirtualHost)
    {
        var descriptors = new RateLimitDescriptors();
        descriptors.Add(policy, request, withHits: false);
        var entries = ImmutableArray.CreateBuilder<HeaderLine>();
        for (var i = 0; i < descriptors.Count; i++)
        {
            var reader = new ProtoReader(descriptors.Bytes(i));
            while (RateLimitDescriptors.TryReadEntry(ref reader, out var key, out var value))
            {
                entries.Add(new HeaderLine(Encoding.UTF8.GetString(key), Encoding.UTF8.GetString(value)));
            }
        }

        return new RateLimitText(ofVirtualHost, policy.Stage, entries.ToImmutable());
    }
}
