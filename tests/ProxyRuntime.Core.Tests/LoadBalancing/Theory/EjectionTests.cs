namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>After how many requests a host has failed k times in a row: (p to the power of −k, less 1) / (1 − p) on average for a probability p of failure.</summary>
public class EjectionTests
{
    private const int Runs = 4_000;

    [Theory]
    [InlineData(5, 0.9, 6.9351)]
    [InlineData(5, 0.7, 16.4997)]
    [InlineData(5, 0.5, 62)]
    [InlineData(5, 0.3, 586.46)]
    [InlineData(3, 0.5, 14)]
    [InlineData(3, 0.2, 155)]
    public void Consecutive_failures_eject_after_as_many_requests_as_theory_says(int failures, double probability, double expected)
    {
        var settings = new OutlierDetectionSnapshot { Consecutive5xx = (uint)failures };
        var random = new RandomStream(31);
        var lengths = Enumerable.Range(0, Runs).Select(_ => (double)Length(settings, probability, random)).ToArray();
        var mean = lengths.Average();
        var half = 3.29 * Math.Sqrt(lengths.Sum(length => Math.Pow(length - mean, 2)) / (Runs - 1) / Runs);

        Assert.InRange(expected, (mean - half) * 0.99, (mean + half) * 1.01);
    }

    /// <summary>Answers until a host is found to fail, the one with which it is found included.</summary>
    private static int Length(OutlierDetectionSnapshot settings, double probability, RandomStream random)
    {
        var monitor = new HostMonitor(settings);
        for (var requests = 1; ; requests++)
        {
            if (monitor.PutResponse(random.NextDouble() < probability ? 500 : 200) != Detections.None)
            {
                return requests;
            }
        }
    }
}
