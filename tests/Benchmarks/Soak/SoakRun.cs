using System.Diagnostics;
using System.Globalization;
using MeshSim.Benchmarks.Proxies;

namespace MeshSim.Benchmarks.Soak;

/// <summary>
/// <c>-- soak [--minutes M]</c>: a live proxy of two workers under mixed load, with backends that fail, break off and go away, and clients that
/// give up, are slow, pipeline. No answer may be lost without a reason, doubled, or another's; in the end every gauge is zero.
/// </summary>
internal static class SoakRun
{
    private const int Clients = 48;
    private const int Backends = 3;
    private const int Port = 23921;
    private const int AdminPort = 23922;

    private static readonly string[] Gauges =
    [
        "cluster.service.upstream_rq_active",
        "cluster.service.upstream_rq_pending_active",
        "cluster.service.circuit_breakers.default.rq_open",
        "http.soak.downstream_rq_active",
        "http.soak.downstream_cx_active",
    ];

    public static async Task<int> RunAsync(string[] arguments)
    {
        var at = Array.IndexOf(arguments, "--minutes");
        var minutes = at < 0 ? 30 : double.Parse(arguments[at + 1], CultureInfo.InvariantCulture);
        var findings = new Findings();
        var backends = Enumerable.Range(0, Backends).Select(_ => new Backend(findings)).ToArray();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, SoakConfiguration.Of(Port, AdminPort, backends.Select(static backend => backend.Port))).ConfigureAwait(false);
        using var proxy = Rival.Start("meshsim", Port, ProxyComparison.Program(), "proxy", "-c", file, "--concurrency", "2", "--log-level", "error");
        using var admin = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{AdminPort}") };

        var watch = Stopwatch.StartNew();
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(minutes));
        var last = 0L;
        var clients = Enumerable.Range(0, Clients).Select(_ => SendAsync(() => Interlocked.Increment(ref last), findings, end.Token)).ToArray();
        var faults = FaultsAsync(backends, end.Token);
        var memory = await WatchMemoryAsync(proxy, watch, end.Token).ConfigureAwait(false);
        await Task.WhenAll([.. clients, faults]).ConfigureAwait(false);

        var gauges = await SettleAsync(admin).ConfigureAwait(false);
        Print(watch.Elapsed, last, findings, memory, gauges);
        foreach (var backend in backends)
        {
            await backend.DisposeAsync().ConfigureAwait(false);
        }

        File.Delete(file);
        return findings.Wrong.IsEmpty && gauges.All(static gauge => gauge.Value == 0) ? 0 : 1;
    }

    private static async Task SendAsync(Func<long> nextNumber, Findings findings, CancellationToken until)
    {
        using var client = new Client(Port, nextNumber, findings);
        await client.RunAsync(until).ConfigureAwait(false);
    }

    /// <summary>One backend after another is away for a second or two.</summary>
    private static async Task FaultsAsync(Backend[] backends, CancellationToken until)
    {
        try
        {
            for (var i = 0; !until.IsCancellationRequested; i++)
            {
                await Task.Delay(TimeSpan.FromSeconds(10), until).ConfigureAwait(false);
                await backends[i % Backends].GoAwayAsync(TimeSpan.FromSeconds(1 + (i % 2))).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The load is over.
        }
    }

    private static async Task<List<(TimeSpan At, double Resident)>> WatchMemoryAsync(Rival proxy, Stopwatch watch, CancellationToken until)
    {
        var seen = new List<(TimeSpan, double)>();
        try
        {
            while (true)
            {
                seen.Add((watch.Elapsed, ProcessReading.Memory(proxy.Pid).Resident));
                await Task.Delay(TimeSpan.FromSeconds(15), until).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            return seen;
        }
    }

    /// <summary>The gauges once all is over: they may need a moment, and what does not become zero in ten seconds will not.</summary>
    private static async Task<SortedDictionary<string, long>> SettleAsync(HttpClient admin)
    {
        var gauges = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var tries = 0; tries < 20 && (gauges.Count == 0 || gauges.Values.Any(static value => value != 0)); tries++)
        {
            await Task.Delay(500).ConfigureAwait(false);
            foreach (var line in (await admin.GetStringAsync(new Uri("/stats", UriKind.Relative)).ConfigureAwait(false)).Split('\n'))
            {
                if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && Gauges.Contains(line[..colon]))
                {
                    gauges[line[..colon]] = long.Parse(line[(colon + 1)..], CultureInfo.InvariantCulture);
                }
            }
        }

        return gauges;
    }

    private static void Print(
        TimeSpan time,
        long requests,
        Findings findings,
        List<(TimeSpan At, double Resident)> memory,
        SortedDictionary<string, long> gauges
    )
    {
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{requests} requests in {time.TotalMinutes:F1} minutes, {Clients} clients, {Backends} backends\n")
        );
        Console.WriteLine("| what | how often |\n|---|---|");
        foreach (var (what, count) in findings.Counts)
        {
            Console.WriteLine($"| {what} | {count.ToString(CultureInfo.InvariantCulture)} |");
        }

        Console.WriteLine("\n| gauge in the end | |\n|---|---|");
        foreach (var (name, value) in gauges)
        {
            Console.WriteLine($"| {name} | {value.ToString(CultureInfo.InvariantCulture)} |");
        }

        Console.WriteLine("\nMemory, MB resident, from tenth to tenth of the time:");
        var tenths = Enumerable.Range(0, 11).Select(i => memory[i * (memory.Count - 1) / 10].Resident.ToString("F0", CultureInfo.InvariantCulture));
        Console.WriteLine(string.Join(" · ", tenths));
        foreach (var wrong in findings.Wrong)
        {
            Console.WriteLine($"WRONG: {wrong}");
        }
    }
}
