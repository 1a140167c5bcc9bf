using System.Collections.Immutable;
using System.Globalization;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>Puts the hops of single requests together and chooses those a report tells: the slowest, some of each kind that did not simply succeed, a sample.</summary>
internal static class StoryBuilder
{
    private const int MostSlow = 8;
    private const int MostOfKind = 2;
    private const int MostSampled = 12;
    private const int MostStories = 80;

    public static ImmutableArray<ReportStory> Of(Scenario scenario, RunResult result, AddressBook names)
    {
        var tree = new HopTree(result, names);
        var roots = tree.Hops.Where(hop => scenario.TakesLoad(hop.Proxy)).ToArray();
        var chosen = new Dictionary<RequestHop, string>(ReferenceEqualityComparer.Instance);
        Choose("slow", roots.Where(static hop => hop.Choice.HasFlag(HopChoice.Slow)).OrderByDescending(static hop => hop.DurationNs).Take(MostSlow));
        var sampled = roots.Where(static hop => hop.Choice.HasFlag(HopChoice.Sample)).ToArray();
        if (result.Proxies.Length > 1)
        {
            // All proxies keep the same sample, so these are whole.
            Choose("whole", sampled.OrderByDescending(static hop => hop.DurationNs).Take(MostSlow));
        }

        Choose(
            "kind",
            roots
                .GroupBy(static hop => (hop.Status, hop.Flags, Retried: hop.Attempts.Length > 1))
                .Where(static kind => kind.Any(static hop => hop.Choice.HasFlag(HopChoice.Kind)))
                .SelectMany(static kind => kind.OrderBy(static hop => hop.Choice.HasFlag(HopChoice.Sample) ? 0 : 1).Take(MostOfKind))
        );
        Choose(
            "sample",
            Enumerable.Range(0, Math.Min(MostSampled, sampled.Length)).Select(i => sampled[i * sampled.Length / Math.Min(MostSampled, sampled.Length)])
        );
        return [.. chosen.Take(MostStories).Select(entry => Story(entry.Key, entry.Value, tree, names))];

        void Choose(string why, IEnumerable<RequestHop> some)
        {
            foreach (var hop in some)
            {
                _ = chosen.TryAdd(hop, why);
            }
        }
    }

    private static ReportStory Story(RequestHop root, string why, HopTree tree, AddressBook names)
    {
        var steps = ImmutableArray.CreateBuilder<ReportStep>();
        Tell(root, depth: 0);
        var outcome = root.Status == 0 ? "no answer" : root.Status.ToString(CultureInfo.InvariantCulture);
        var flags = root.Flags.Length == 0 ? "" : $" {root.Flags}";
        var tries = root.Attempts.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $", {root.Attempts.Length} tries") : "";
        return new ReportStory(
            why,
            string.Create(CultureInfo.InvariantCulture, $"{outcome}{flags} after {root.DurationNs / 1e6:0.0} ms{tries}"),
            root.RequestId,
            ReportBuilder.Seconds(root.StartNs),
            Ms(root.DurationNs),
            steps.ToImmutable()
        );

        void Tell(RequestHop hop, int depth)
        {
            var offset = hop.StartNs - root.StartNs;
            steps.Add(HopText.Hop(hop, offset, depth));
            foreach (var attempt in hop.Attempts)
            {
                var to = names.Name(hop.Proxy, attempt.Host);
                steps.Add(HopText.Attempt(hop, attempt, to, offset, depth + 1, retried: hop.Attempts.Any(other => other.Number > attempt.Number)));
                var inner = tree.Inner(attempt);
                foreach (var next in inner)
                {
                    Tell(next, depth + 2);
                }

                if (inner.Count == 0 && attempt.SentNs >= 0 && names.IsProxy(to))
                {
                    steps.Add(HopText.Unknown(to, offset + attempt.SentNs, offset + attempt.EndNs, depth + 2));
                }
            }
        }
    }

    internal static double Ms(long ns) => Math.Round(ns / 1e6, 4);
}
