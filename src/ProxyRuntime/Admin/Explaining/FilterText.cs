using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary>What each filter did.</summary>
internal static class FilterText
{
    public static void Write(Explanation explanation, TextTable table)
    {
        if (explanation.Listener.ConnectionManager is not { } manager)
        {
            return;
        }

        table.Section("FILTERS", explanation.Filters.IsEmpty ? "not reached" : "");
        if (explanation.Filters.IsEmpty)
        {
            return;
        }

        var width = manager.HttpFilters.Max(static filter => filter.Name.Length);
        foreach (var step in explanation.Filters)
        {
            table.Line(2, $"{step.Name.PadRight(width)}  {What(explanation, step)}");
            table.Changes(4, step.Changes);
            table.Rows(4, [.. Notes(explanation, step)]);
        }

        // After a redirect within the proxy the chain is passed once more.
        var last = explanation.Filters[^1].Name;
        foreach (var filter in manager.HttpFilters.SkipWhile(filter => filter.Name != last).Skip(1))
        {
            table.Line(2, $"{filter.Name.PadRight(width)}  is not reached");
        }
    }

    private static string What(Explanation explanation, FilterStep step)
    {
        var after = step.HeldNs > 0 ? $" after {Words.Duration(step.HeldNs)}" : "";
        return step.Outcome switch
        {
            FilterOutcome.Skipped => "is switched off",
            FilterOutcome.Forwards => "forwards",
            FilterOutcome.Holds => "holds the request",
            FilterOutcome.Answers => explanation.Reply is { } reply ? ExplanationText.Reply(reply) + after : "answers itself" + after,
            _ => step.IsPassThrough ? "lets everything pass (it only stands in for a filter that is not supported)" : $"continues{after}",
        };
    }

    private static IEnumerable<string[]> Notes(Explanation explanation, FilterStep step)
    {
        foreach (var call in explanation.Calls.Where(call => !call.IsMirror && call.By == step.Name))
        {
            yield return ["asks", Call(call)];
        }

        foreach (var (name, json) in step.Metadata)
        {
            yield return ["metadata", $"{name} {json}"];
        }
    }

    public static string Call(OwnCall call)
    {
        if (call.Host.Length == 0)
        {
            return $"cluster '{call.Cluster}', which has no host";
        }

        var method = call.Headers.Lines.FirstOrDefault(static line => line.Name == ":method")?.Value;
        var path = call.Headers.Lines.FirstOrDefault(static line => line.Name == ":path")?.Value;
        return $"cluster '{call.Cluster}' at {call.Host}: {method} {path}, taken to answer {call.Answer}";
    }
}
