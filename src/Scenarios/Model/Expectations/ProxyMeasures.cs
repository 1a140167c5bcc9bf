namespace MeshSim.Scenarios.Model;

/// <summary>What proxies counted, over the whole run or over some seconds of it.</summary>
internal static class ProxyMeasures
{
    public static double Of(Expectation expectation, RunResult result)
    {
        var proxies = result.Proxies.Where(proxy => Is(proxy.Name, expectation.Subject)).ToArray();
        return expectation.Metric == Metric.Responses ? proxies.Sum(proxy => Responses(proxy, expectation.Detail))
            : expectation.Window is { } window ? proxies.Sum(proxy => Gained(proxy, expectation.Detail, window))
            : proxies.Sum(proxy => proxy.Stats.GetValueOrDefault(expectation.Detail));
    }

    /// <summary>A replica is meant by its own name, by its role's, and by <c>*</c>.</summary>
    public static bool Is(string replica, string name) =>
        name == "*" || replica == name || replica.EndsWith($".{name}", StringComparison.Ordinal) || IsNumbered(replica, name);

    private static bool IsNumbered(string replica, string name) =>
        replica.Length > name.Length + 1
        && replica.StartsWith(name, StringComparison.Ordinal)
        && replica[name.Length] == '-'
        && replica.AsSpan(name.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary><c>503</c> has all flags, <c>503 UO</c> those with this one among theirs.</summary>
    private static long Responses(ProxyRecord proxy, string detail)
    {
        var words = detail.Split(' ');
        return proxy
            .Responses.Where(entry =>
                entry.Key.Split(' ') is var parts && parts[0] == words[0] && (words.Length == 1 || (parts.Length > 1 && parts[1].Split(',').Contains(words[1])))
            )
            .Sum(static entry => entry.Value);
    }

    private static long Gained(ProxyRecord proxy, string name, (int From, int Until) window) =>
        proxy.StatsBySecond.TryGetValue(name, out var seconds) ? seconds.Where((_, second) => second >= window.From && second < window.Until).Sum() : 0;
}
