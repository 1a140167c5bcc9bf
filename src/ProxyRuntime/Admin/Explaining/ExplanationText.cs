using System.Globalization;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary>An explanation for people.</summary>
public static class ExplanationText
{
    public static string Write(Explanation explanation)
    {
        var table = new TextTable();
        WriteRequest(explanation, table);
        foreach (var lookup in explanation.Lookups)
        {
            RouteText.Write(explanation, lookup, table);
        }

        FilterText.Write(explanation, table);
        PlanText.Write(explanation, table);
        WriteSent(explanation, table);
        WriteResponse(explanation, table);
        WriteResult(explanation, table);
        return table.ToString();
    }

    private static void WriteRequest(Explanation explanation, TextTable table)
    {
        var request = explanation.Request;
        table.Line(0, $"{request.Method} {request.Url}");
        var body = request.BodyBytes > 0 ? string.Create(CultureInfo.InvariantCulture, $", {request.BodyBytes} bytes of body") : "";
        table.Line(
            0,
            string.Create(
                CultureInfo.InvariantCulture,
                $"from {request.From.Ip}{body}; random number {request.Random}; hosts are taken to answer {request.Status}"
            )
        );
        var listener = explanation.Listener;
        if (listener.ConnectionManager is not { } manager)
        {
            var what = listener.AllFilterChains.Any(static chain => chain.TcpProxy is not null)
                ? "it has a TCP proxy, which carries bytes and knows of no requests"
                : "its filter chain has no filters, so that it closes every connection";
            table.Section("LISTENER", $"'{listener.Name}' on {listener.Address}: {what}");
            return;
        }

        table.Section("LISTENER", $"'{listener.Name}' on {listener.Address}, its only filter chain, connection manager '{manager.StatPrefix}'");
        table.Section("REQUEST AS RECEIVED");
        table.Headers(2, explanation.Received);
        var changes = explanation.Received.ChangesTo(explanation.Accepted);
        table.Section(
            "CONNECTION MANAGER",
            explanation.Reply is { By: "" } reply ? Reply(reply)
                : changes.IsEmpty ? "changes nothing"
                : ""
        );
        table.Changes(2, changes);
    }

    internal static string Reply(OwnReply reply) =>
        string.Create(CultureInfo.InvariantCulture, $"answers itself: {reply.Status}, {reply.Details}") + (reply.Flag.Length > 0 ? $", flag {reply.Flag}" : "");

    /// <summary>The head of the last attempt; those before it differ in counters at most.</summary>
    private static void WriteSent(Explanation explanation, TextTable table)
    {
        if (explanation.Tries.IsEmpty)
        {
            return;
        }

        var last = explanation.Tries[^1];
        table.Section("REQUEST AS SENT", $"to {last.Host}; + ~ - is what the router did");
        table.Headers(2, last.Headers, AfterFilters(explanation).ChangesTo(last.Headers));
    }

    /// <summary>The request as the router got it.</summary>
    internal static HeaderSnapshot AfterFilters(Explanation explanation)
    {
        var headers = explanation.Accepted.Lines.ToList();
        foreach (var change in explanation.Filters.SelectMany(static step => step.Changes))
        {
            Apply(headers, change);
        }

        return new HeaderSnapshot([.. headers]);
    }

    private static void Apply(List<HeaderLine> headers, HeaderChange change)
    {
        var at = headers.FindIndex(line => string.Equals(line.Name, change.Name, StringComparison.OrdinalIgnoreCase) && line.Value == change.Before);
        if (at < 0)
        {
            headers.Add(new HeaderLine(change.Name, change.After!));
        }
        else if (change.After is null)
        {
            headers.RemoveAt(at);
        }
        else
        {
            headers[at] = new HeaderLine(change.Name, change.After);
        }
    }

    private static void WriteResponse(Explanation explanation, TextTable table)
    {
        if (explanation.Response.IsEmpty)
        {
            return;
        }

        table.Section("RESPONSE ON ITS WAY BACK");
        var first = explanation.Response[0];
        table.Line(2, first.By == "upstream" ? "upstream (assumed)" : $"{(first.By.Length > 0 ? first.By : "connection manager")} (its own answer)");
        table.Headers(4, first.Headers);
        for (var i = 1; i < explanation.Response.Length; i++)
        {
            table.Line(2, explanation.Response[i].By);
            table.Changes(4, explanation.Response[i - 1].Headers.ChangesTo(explanation.Response[i].Headers));
        }
    }

    private static void WriteResult(Explanation explanation, TextTable table)
    {
        if (explanation.Outcome is not { } outcome)
        {
            table.Section("RESULT", explanation.Listener.ConnectionManager is null ? "no answer" : "not over after a day");
            return;
        }

        var flags = outcome.Flags.IsEmpty ? "no flags" : $"flags {string.Join(',', outcome.Flags)}";
        var status = outcome.Status == 0 ? "no answer" : outcome.Status.ToString(CultureInfo.InvariantCulture);
        table.Section(
            "RESULT",
            $"{status}, {flags}, {outcome.Details}, after {Words.Duration(outcome.DurationNs)}{(outcome.Closes ? "; the connection closes" : "")}"
        );
        if (outcome.Body.Length > 0)
        {
            table.Line(2, outcome.Body.TrimEnd('\n'));
        }
    }
}
