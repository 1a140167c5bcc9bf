using System.Globalization;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary>A <see cref="ClusterBalance"/> as a page of text.</summary>
public static class BalanceText
{
    public static string Write(ClusterBalance balance)
    {
        var table = new TextTable();
        var settings = balance.Cluster.LoadBalancing;
        table.Section("CLUSTER", $"'{balance.Cluster.Name}', {Policy(settings)}");
        Priorities(table, balance);
        Localities(table, balance);
        table.Section("SHARES", Kind(balance));
        List<string[]> rows =
        [
            ["endpoint", "priority", "locality", "weight", "health", "active", "share"],
        ];
        rows.AddRange(balance.Hosts.Select(host => Row(host, balance)));
        if (balance.None > 0)
        {
            rows.Add(["no host: 503 UH", "", "", "", "", "", Share(balance.None, (long)Math.Round(balance.None * balance.Question.Picks), balance)]);
        }

        table.Rows(2, rows);
        return table.ToString();
    }

    /// <summary>What stands for a host in tables and charts: its name, where it has one, and its address.</summary>
    public static string Name(HostSnapshot host) =>
        host.Hostname.Length > 0 && host.Hostname != host.Address.Ip ? $"{host.Hostname} ({host.Address})" : host.Address.ToString();

    private static void Priorities(TextTable table, ClusterBalance balance)
    {
        if (balance.Priorities.IsEmpty)
        {
            return;
        }

        var policy = balance.Cluster.Policy;
        table.Section(
            "PRIORITIES",
            Text(
                $"health = min(100, {policy.OverprovisioningFactor} × healthy / hosts{(policy.WeightedPriorityHealth ? ", both by weight" : "")}), in percent and without fractions; together {balance.TotalHealth}"
            )
        );
        List<string[]> rows =
        [
            ["priority", "hosts", "healthy", "degraded", "excluded", "health", "load", "panic"],
        ];
        for (var i = 0; i < balance.Priorities.Length; i++)
        {
            var priority = balance.Priorities[i];
            rows.Add([
                Text($"{i}"),
                Text($"{priority.Hosts}"),
                Text($"{priority.Healthy}"),
                Text($"{priority.Degraded}"),
                Text($"{priority.Excluded}"),
                priority.DegradedHealth > 0 ? Text($"{priority.Health} + {priority.DegradedHealth} degraded") : Text($"{priority.Health}"),
                priority.DegradedLoad > 0 ? Text($"{priority.Load} + {priority.DegradedLoad} degraded") : Text($"{priority.Load}"),
                Panic(priority, balance),
            ]);
        }

        table.Rows(2, rows);
    }

    /// <summary>Why a priority panics, or does not.</summary>
    private static string Panic(PriorityBalance priority, ClusterBalance balance)
    {
        var counted = priority.Hosts - priority.Excluded;
        var percent = counted == 0 ? 0 : 100.0 * (priority.Healthy + priority.Degraded) / counted;
        var below = percent < balance.PanicThreshold;
        return priority.InPanic ? Text($"yes: {percent:0.#} % are below {balance.PanicThreshold}, and all together below 100")
            : below ? Text($"no: {percent:0.#} % are below {balance.PanicThreshold}, but all together reach {balance.TotalHealth}")
            : Text($"no: {percent:0.#} % are not below {balance.PanicThreshold}");
    }

    private static void Localities(TextTable table, ClusterBalance balance)
    {
        if (balance.Localities.IsEmpty)
        {
            return;
        }

        var factor = balance.Cluster.Policy.OverprovisioningFactor;
        table.Section("LOCALITIES", Text($"effective weight = weight × min(1, {factor / 100.0} × healthy / hosts)"));
        List<string[]> rows =
        [
            ["priority", "locality", "weight", "hosts", "healthy", "effective", "share"],
        ];
        rows.AddRange(
            balance.Localities.Select(static locality =>
                new[]
                {
                    Text($"{locality.Priority}"),
                    Name(locality.Locality),
                    Text($"{locality.Weight}"),
                    Text($"{locality.Hosts}"),
                    Text($"{locality.Healthy}"),
                    Text($"{locality.Effective:0.####}"),
                    Text($"{100 * locality.Share:0.00} %"),
                }
            )
        );
        table.Rows(2, rows);
    }

    private static string[] Row(HostBalance host, ClusterBalance balance) =>
        [
            Name(host.Host),
            Text($"{host.Host.Priority}"),
            Name(host.Host.Locality),
            Text($"{host.Host.Weight}"),
            HostHealth.Text(host.Health),
            Text($"{host.Active}"),
            Share(host.Share, host.Picks, balance),
        ];

    private static string Share(double share, long picks, ClusterBalance balance)
    {
        if (balance.IsExact)
        {
            return Text($"{100 * share:0.0000} %");
        }

        var (low, high) = ShareInterval.Of(picks, balance.Question.Picks);
        return Text($"{100 * share:0.00} %  ({100 * low:0.00} to {100 * high:0.00})");
    }

    private static string Kind(ClusterBalance balance) =>
        balance.IsExact
            ? "computed from what the balancer chooses by"
            : Text($"{balance.Question.Picks} choices counted, seed {balance.Question.Seed}; in brackets the 99.9 % interval");

    private static string Policy(LoadBalancingSnapshot settings) =>
        settings.Policy.Name
        + (settings.Subsets is null ? "" : " within subsets")
        + (settings.OverrideHostSources.IsEmpty ? "" : " where requests bring no hosts")
        + (settings.Localities is LocalityWeightedBalancing ? ", localities by weight" : "");

    private static string Name(LocalitySnapshot locality) =>
        locality == LocalitySnapshot.None
            ? "-"
            : string.Join('/', new[] { locality.Region, locality.Zone, locality.SubZone }.Where(static part => part.Length > 0));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
