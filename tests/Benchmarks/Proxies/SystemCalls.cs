using System.Diagnostics;
using System.Globalization;

namespace MeshSim.Benchmarks.Proxies;

/// <summary>How many calls of the kernel a request takes, counted by strace; it slows the proxy down, so nothing else is read meanwhile.</summary>
internal static class SystemCalls
{
    /// <summary>Null where there is no strace.</summary>
    public static double? PerRequest(Rival rival)
    {
        if (!File.Exists("/usr/bin/strace"))
        {
            return null;
        }

        var file = Path.GetTempFileName();
        using var strace = Process.Start("strace", ["-c", "-f", "-qq", "-o", file, "-p", $"{rival.Pid}"]);
        Thread.Sleep(500);
        var load = Wrk.Run($"http://127.0.0.1:{rival.Port}/", connections: 50, seconds: 3);
        using (var interrupt = Process.Start("kill", ["-INT", $"{strace.Id}"]))
        {
            interrupt.WaitForExit();
        }

        strace.WaitForExit();
        var total = File.ReadLines(file).Last(static line => line.EndsWith("total", StringComparison.Ordinal));
        File.Delete(file);
        return double.Parse(total.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture) / load.Requests;
    }
}
