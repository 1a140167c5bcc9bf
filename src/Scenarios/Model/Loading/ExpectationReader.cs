using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads the lines of <c>expectations</c>.</summary>
internal static class ExpectationReader
{
    public static ImmutableArray<Expectation> Read(FieldReader root, Scenario scenario)
    {
        var built = ImmutableArray.CreateBuilder<Expectation>();
        foreach (var item in root.List("expectations", about: "what is to come out"))
        {
            var text = (item as ConfigScalar)?.Text ?? "";
            if (ExpectationText.Parse(text, out var problem) is { } expectation)
            {
                problem = Check(expectation, scenario);
                built.Add(expectation);
            }
            else
            {
                var first = text.Split(' ')[0];
                problem = $"'{text}' is not accepted{(ExpectationText.IsWord(first) ? "" : NearestWord.Suggest(first, ExpectationText.Words))}; {problem}";
            }

            if (problem.Length > 0)
            {
                root.Problem(item.Place, root.At("expectations"), problem);
            }
        }

        return built.ToImmutable();
    }

    /// <summary>What is wrong with the names it has; empty for nothing.</summary>
    private static string Check(Expectation expectation, Scenario scenario)
    {
        if (expectation.Metric == Metric.Answers && !IsStatus(expectation.Detail))
        {
            return $"'{expectation.Detail}' is not accepted; accepted are a status, 5xx and so on, none for no answer";
        }

        if (expectation.Window is { } window && window.Until * 1_000_000_000L > scenario.DurationNs && scenario.DurationNs > 0)
        {
            return "the window ends after the run";
        }

        if (
            expectation.Window is not null
            && (
                expectation.Metric is Metric.Retries or Metric.Responses or Metric.Errors or Metric.MaxQueue
                || expectation is { Metric: Metric.LatencyQuantile, Detail: ExpectationText.Ok }
                || (expectation.Metric == Metric.Stat && !ComparedStatistics.Has(expectation.Detail))
            )
        )
        {
            return "this is counted over the whole run only";
        }

        var known = Names(expectation.Metric, scenario).ToArray();
        return expectation.Subject is "" or "*" || known.Length == 0 || known.Contains(expectation.Subject)
            ? ""
            : $"unknown name '{expectation.Subject}'{NearestWord.Suggest(expectation.Subject, known)}";
    }

    private static IEnumerable<string> Names(Metric metric, Scenario scenario) =>
        metric switch
        {
            Metric.Stat or Metric.Responses => scenario.Proxies.SelectMany(proxy =>
                scenario
                    .WithSidecar(proxy.Name)
                    .SelectMany(service => Replicas(service, scenario).Select(replica => $"{replica}.{proxy.Name}"))
                    .Concat(Enumerable.Range(0, proxy.Replicas).Select(proxy.ReplicaName))
                    .Append(proxy.Name)
            ),
            Metric.Arrivals or Metric.Share or Metric.Errors or Metric.MaxQueue => scenario.Services.SelectMany(service =>
                Replicas(service, scenario).Append(service.Name)
            ),
            Metric.MaxShare => scenario.Services.Select(static service => service.Name),
            _ => [],
        };

    private static IEnumerable<string> Replicas(ServiceRole service, Scenario scenario) =>
        ReplicaPlan.Of(service, scenario.Changes).Select(life => service.ReplicaName(life.Replica));

    private static bool IsStatus(string text) =>
        text == "none"
        || text is [>= '1' and <= '5', 'x', 'x']
        || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599);
}
