namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>
/// How long requests take at hosts that serve one at a time, exponentially, when one proxy balances Poisson arrivals: known exactly, or
/// measured elsewhere with an interval. Ten runs; the mean must agree within its 99.9 % interval and one percent.
/// </summary>
public class QueueingTests
{
    private const int Runs = 10;
    private const double Quantile999 = 4.781;

    [Theory]
    [InlineData(2, 0.5, 1.618034)]
    [InlineData(3, 0.9, 6.784724)]
    [InlineData(10, 0.8, 2.922269)]
    [InlineData(10, 0.9, 5.660276)]
    public void Round_robin_makes_of_each_host_a_queue_with_even_arrivals(int hosts, double load, double time) =>
        Check(new RoundRobinPolicy(), hosts, load, 200_000, time, 0);

    [Theory]
    [InlineData(10, 0.5, 2)]
    [InlineData(10, 0.7, 3.333333)]
    public void Random_makes_of_each_host_a_queue_of_its_own(int hosts, double load, double time) => Check(new RandomPolicy(), hosts, load, 200_000, time, 0);

    [Theory]
    [InlineData(3, 4.671, 0.083)]
    [InlineData(10, 3.117, 0.041)]
    [InlineData(100, 2.661, 0.017)]
    public void Least_request_with_two_choices(int hosts, double time, double half) => Check(new LeastRequestPolicy(), hosts, 0.9, 200_000, time, half);

    [Theory]
    [InlineData(3, 3.989, 0.033)]
    [InlineData(10, 1.914, 0.023)]
    [InlineData(100, 1.067, 0.011)]
    public void Least_request_with_a_full_scan_joins_the_shortest_queue(int hosts, double time, double half) =>
        Check(new LeastRequestPolicy(FullScan: true), hosts, 0.9, 200_000, time, half);

    private static void Check(BalancingPolicy policy, int hosts, double load, int arrivals, double expected, double half)
    {
        var means = Enumerable.Range(0, Runs).Select(run => MeanTime(policy, hosts, load, arrivals, (ulong)run + 100)).ToArray();
        var mean = means.Average();
        var own = Quantile999 * Math.Sqrt(means.Sum(value => Math.Pow(value - mean, 2)) / (Runs - 1) / Runs);

        Assert.InRange(mean, (0.99 * expected) - half - own, (1.01 * expected) + half + own);
        Assert.True(own < 0.12 * expected, $"{own} says little of {expected}");
    }

    private static double MeanTime(BalancingPolicy policy, int count, double load, int arrivals, ulong seed)
    {
        var picker = new ClusterPicker(Snapshots.Cluster("svc", count, policy), seed);
        var random = new RandomSource(seed).Derive("queue");
        var places = picker.Hosts.Select(static (host, i) => (host, i)).ToDictionary(static pair => pair.host, static pair => pair.i);
        var free = new double[count];
        PriorityQueue<HostState, double> departures = new();
        var (now, sum, counted) = (0.0, 0.0, 0);
        for (var i = 0; i < arrivals; i++)
        {
            now += -Math.Log(1 - random.NextDouble()) / (load * count);
            while (departures.TryPeek(out var done, out var at) && at <= now)
            {
                _ = departures.Dequeue();
                done.Stats.RequestEnded();
            }

            var host = picker.Pick()!;
            host.Stats.RequestStarted();
            ref var end = ref free[places[host]];
            end = Math.Max(end, now) - Math.Log(1 - random.NextDouble());
            departures.Enqueue(host, end);
            if (i >= arrivals / 10)
            {
                sum += end - now;
                counted++;
            }
        }

        return sum / counted;
    }
}
