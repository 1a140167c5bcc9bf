using System.Globalization;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>A request from its headers to its log line, where every host connects at once and answers at once.</summary>
/// <param name="Upstream">The head that the host got; empty if the request went nowhere.</param>
/// <param name="Response">The head that the client got.</param>
/// <param name="Log">How it was logged.</param>
/// <param name="Lines">Every effect.</param>
internal sealed record Exchange(string Upstream, string Response, LogLine Log, IReadOnlyList<string> Lines)
{
    public string Cluster => Log.Cluster;

    public string Route => Log.Route;

    /// <summary>The value of a header as the host got it; null if there is none.</summary>
    public string? Sent(string name) => Values(Upstream, name).FirstOrDefault();

    /// <summary>All values of a header as the host got them.</summary>
    public string[] AllSent(string name) => Values(Upstream, name);

    /// <summary>The value of a header as the client got it; null if there is none.</summary>
    public string? Got(string name) => Values(Response, name).FirstOrDefault();

    public string[] AllGot(string name) => Values(Response, name);

    private static string[] Values(string head, string name) =>
        [.. head.Split('\n').Where(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 2)..])];
}

internal static class Exchanges
{
    private const int MaxWaits = 100;

    /// <summary>A GET whose answer is 200.</summary>
    public static Exchange Ask(this WorkerHarness proxy, string path = "/", params (string Name, string Value)[] headers) =>
        proxy.Ask("GET", path, headers, 200);

    /// <summary>A GET whose attempts are answered with these statuses in turn, all further ones with the last. Back-offs are waited for.</summary>
    public static Exchange Ask(this WorkerHarness proxy, int[] statuses, string path = "/", params (string Name, string Value)[] headers) =>
        proxy.Ask("GET", path, headers, statuses);

    /// <summary>A request without body whose answer has these headers.</summary>
    public static Exchange Ask(
        this WorkerHarness proxy,
        string method,
        string path,
        (string Name, string Value)[] headers,
        int status,
        params (string Name, string Value)[] answer
    ) => proxy.Ask(method, path, headers, [status], answer);

    private static Exchange Ask(
        this WorkerHarness proxy,
        string method,
        string path,
        (string Name, string Value)[] headers,
        int[] statuses,
        params (string Name, string Value)[] answer
    )
    {
        var before = proxy.Logs.Count;
        var sent = "";
        var (next, answered, waits) = (0, 0, 0);
        List<string> lines = [.. proxy.Request(method, path, endStream: true, headers)];
        while (next < lines.Count || proxy.Logs.Count == before)
        {
            if (next == lines.Count)
            {
                Assert.True(++waits <= MaxWaits, "it waits for ever");
                lines.AddRange(proxy.Wait(proxy.NextMs()!.Value));
                continue;
            }

            var line = lines[next++];
            var words = line.Split(' ');
            if (words[0] == "open")
            {
                lines.AddRange(proxy.Connected(Number(words[1])));
            }
            else if (words[0] == "start")
            {
                var isOwn = line.Contains(" for ", StringComparison.Ordinal);
                sent = isOwn ? sent : proxy.RequestHead;
                var status = statuses[Math.Min(answered, statuses.Length - 1)];
                answered += isOwn ? 0 : 1;
                lines.AddRange(proxy.Answer(Number(words[1]), status, endStream: true, answer));
            }
        }

        Assert.Equal(before + 1, proxy.Logs.Count);
        return new Exchange(sent, proxy.ResponseHead, proxy.Logs[^1], lines);
    }

    private static long Number(string id) => long.Parse(id[1..], CultureInfo.InvariantCulture);
}
