using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>One descriptor of a rate limit configuration, with those below it.</summary>
/// <param name="Key">Of the entry it stands for.</param>
/// <param name="Value">Of the entry; null for any, each counted by itself. With <c>*</c> at the end any that begins so.</param>
/// <param name="Limit">Null where it has none of its own.</param>
/// <param name="IsShadow">shadow_mode: what is over the limit is counted and let pass.</param>
public sealed record RateLimitNode(string Key, string? Value, RateLimitRule? Limit, bool IsShadow, ImmutableArray<RateLimitNode> Below)
{
    /// <summary>Of some descriptors that for an entry: the one with its value first, then the one with the longest begin of it, then the one for any.</summary>
    public static RateLimitNode? Find(ImmutableArray<RateLimitNode> nodes, string key, string value) =>
        nodes.FirstOrDefault(node => node.Key == key && node.Value == value)
        ?? nodes
            .Where(node => node.Key == key && node.Value is { } begin && begin.EndsWith('*') && value.StartsWith(begin[..^1], StringComparison.Ordinal))
            .MaxBy(static node => node.Value!.Length)
        ?? nodes.FirstOrDefault(node => node.Key == key && node.Value is null);
}

/// <summary>So many requests in each second, minute and so on, counted from full ones.</summary>
/// <param name="Unit">As RateLimitResponse.RateLimit.Unit has it: 1 second, 2 minute, 3 hour, 4 day, 5 month, 6 year, 7 week.</param>
/// <param name="Requests">So many; <see cref="uint.MaxValue"/> for unlimited.</param>
/// <param name="Name">Empty for none.</param>
public sealed record RateLimitRule(int Unit, uint Requests, string Name)
{
    private const long Day = 86_400;

    /// <summary>The names of units, in lower case, by their numbers; 0 is unknown.</summary>
    public static ImmutableArray<string> Units { get; } = ["unknown", "second", "minute", "hour", "day", "month", "year", "week"];

    public bool IsUnlimited => Requests == uint.MaxValue;

    /// <summary>How long a window is.</summary>
    public long UnitSeconds =>
        Unit switch
        {
            1 => 1,
            2 => 60,
            3 => 3_600,
            4 => Day,
            5 => 30 * Day,
            6 => 365 * Day,
            _ => 7 * Day,
        };
}
