using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MeshSim.Scenarios.Model;

/// <summary>One number for everything a run counted: SHA-256 over all integer statistics in a fixed order, and over nothing else. Arrivals and statistics by the second are in it by their sums.</summary>
public static class ResultHash
{
    public static string Of(RunResult result)
    {
        var text = new StringBuilder();
        Append(text, "totals", result.Totals.Sent, result.Totals.Retries);
        Append(text, result.Totals.ByStatus);
        Append(text, result.Totals.Latency);
        Append(text, result.Totals.OkLatency);
        foreach (var second in result.Seconds)
        {
            Append(text, "second", second.Second, second.Sent);
            Append(text, second.ByStatus);
            Append(text, second.Latency);
        }

        foreach (var proxy in result.Proxies)
        {
            Append(text, proxy.Name);
            Append(text, proxy.Stats);
            Append(text, proxy.Responses);
        }

        foreach (var endpoint in result.Endpoints)
        {
            Append(text, endpoint.Name, endpoint.Arrivals, endpoint.Answered, endpoint.Errors, endpoint.MaxQueue);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void Append(StringBuilder text, string name, params ReadOnlySpan<long> values)
    {
        _ = text.Append(name);
        foreach (var value in values)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $" {value}");
        }

        _ = text.Append('\n');
    }

    private static void Append<T>(StringBuilder text, IReadOnlyDictionary<T, long> values)
    {
        foreach (var (key, value) in values)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{key}={value}\n");
        }
    }

    private static void Append(StringBuilder text, LatencyHistogram histogram)
    {
        Append(text, "histogram", histogram.Count, histogram.SumUs, histogram.MaxUs);
        for (var i = 0; i < histogram.Bins.Length; i++)
        {
            if (histogram.Bins[i] != 0)
            {
                Append(text, "bin", i, histogram.Bins[i]);
            }
        }
    }
}
