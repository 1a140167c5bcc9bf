using System.Buffers.Binary;
using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// A route prepared for being tried: what it asks in the order of what that costs, as no condition has an effect. How the path must begin
/// comes first and stands here itself, so that most routes are passed over without a look at their objects.
/// </summary>
internal readonly struct RouteTest
{
    private const int HeadLength = sizeof(ulong);

    private readonly ulong mask;
    private readonly ulong wanted;
    private readonly PathMatcher path;
    private readonly ImmutableArray<HeaderMatcher> headers;
    private readonly bool isPlain;

    /// <param name="pool">Of the table the route belongs to.</param>
    public RouteTest(Route route, MatcherPool pool)
    {
        Route = route;
        path = pool.Shared(route.Match.Path);
        headers = pool.Shared(route.Match.Headers);
        isPlain = route.Match.IsPlain;
        var prefix = path.RequiredPrefix;
        mask = prefix.Length >= HeadLength ? ulong.MaxValue : (1UL << (8 * prefix.Length)) - 1;
        wanted = HeadOf(prefix) & mask;
    }

    public Route Route { get; }

    /// <param name="head">Of the request's path, as <see cref="HeadOf"/> gives it.</param>
    public bool Holds(in RouteRequest request, ulong head)
    {
        if ((head & mask) != wanted || !request.Path.StartsWith(path.RequiredPrefix))
        {
            return false;
        }

        if (!isPlain)
        {
            return Route.Match.Test(request).Condition == RouteCondition.None;
        }

        foreach (var header in headers)
        {
            if (!header.Matches(request.Headers))
            {
                return false;
            }
        }

        return path.Matches(request);
    }

    /// <summary>The first bytes of a path, the very first the lowest; zeros for those that a shorter one does not have.</summary>
    public static ulong HeadOf(ReadOnlySpan<byte> path)
    {
        if (path.Length >= HeadLength)
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(path);
        }

        var bytes = 0UL;
        for (var i = path.Length - 1; i >= 0; i--)
        {
            bytes = (bytes << 8) | path[i];
        }

        return bytes;
    }
}
