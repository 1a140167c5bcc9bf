using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Responses of a proxy by <c>200</c>, or <c>503 UF,URX</c> with the flags in the order they were set.</summary>
public sealed class OutcomeCounts
{
    private readonly Dictionary<(int Status, ResponseFlags Flags), long> counts = [];

    /// <summary>A request is over.</summary>
    public void Add(StreamInfo info)
    {
        var key = (info.ResponseCode, info.Flags);
        counts[key] = counts.GetValueOrDefault(key) + 1;
    }

    /// <summary>The counts of some workers together, sorted by their texts.</summary>
    public static ImmutableSortedDictionary<string, long> Sum(params IEnumerable<OutcomeCounts> all)
    {
        var sums = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        foreach (var (key, count) in all.SelectMany(static one => one.counts))
        {
            var text = Text(key.Status, key.Flags);
            sums[text] = sums.GetValueOrDefault(text) + count;
        }

        return sums.ToImmutable();
    }

    /// <summary>The flags in the order they were set, <c>UF,URX</c>; empty for none.</summary>
    internal static string FlagsText(ResponseFlags flags) => string.Join(',', Enumerable.Range(0, flags.Count).Select(i => flags[i].ShortName()));

    internal static string Text(int status, ResponseFlags flags)
    {
        var code = status.ToString(CultureInfo.InvariantCulture);
        return flags.IsEmpty ? code : $"{code} {FlagsText(flags)}";
    }
}
