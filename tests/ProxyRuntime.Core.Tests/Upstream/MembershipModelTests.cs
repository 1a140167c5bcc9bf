using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Assignments, results of checks and ejections in any order, against a naive table of hosts by address.</summary>
public class MembershipModelTests
{
    private const int Addresses = 5;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Membership_is_what_a_naive_table_says(bool ignoresHealth)
    {
        for (ulong seed = 0; seed < 150; seed++)
        {
            var random = new RandomStream(seed);
            var real = new Machine(ignoresHealth);
            var model = new Table(ignoresHealth);
            var story = new StringBuilder();
            for (var step = 0; step < 40; step++)
            {
                story.Append(CultureInfo.InvariantCulture, $"{Take(random, real, model)}\n");
                Assert.True(model.Text == real.Text, $"seed {seed}\n{story}model:\n{model.Text}\nreal:\n{real.Text}");
            }
        }
    }

    private static string Take(RandomStream random, Machine real, Table model)
    {
        var number = (int)random.NextModulo(Addresses);
        switch (random.NextModulo(5))
        {
            case 0 or 1:
                ImmutableArray<EndpointSnapshot> assigned = [.. Enumerable.Range(0, (int)random.NextModulo(Addresses + 2)).Select(_ => Endpoint(random))];
                real.Assign(assigned);
                model.Assign(assigned);
                return "assign " + string.Join(' ', assigned.Select(static at => $"{at.Address}/{at.Priority}/{at.Weight}/{at.Health}/{at.Locality.Zone}"));
            case 2:
                real.Eject(number);
                model.Eject(Address(number));
                return $"eject {number}";
            default:
                var passes = random.NextModulo(2) == 0;
                real.Check(number, passes);
                model.Check(Address(number), passes);
                return $"check {number} {passes}";
        }
    }

    private static EndpointSnapshot Endpoint(RandomStream random) =>
        new()
        {
            Address = Address((int)random.NextModulo(Addresses)),
            Port = 80,
            Weight = 1 + (uint)random.NextModulo(3),
            Priority = (int)random.NextModulo(3),
            Health = (EdsHealth)random.NextModulo(6),
            Locality = random.NextModulo(4) == 0 ? new LocalitySnapshot("", "z", "") : LocalitySnapshot.None,
        };

    private static string Address(int number) => string.Create(CultureInfo.InvariantCulture, $"10.0.0.{number}");

    private static string Line(string address, int priority, uint weight, HealthFlags flags, HealthFlags told, int identity) =>
        string.Create(CultureInfo.InvariantCulture, $"{address} p{priority} w{weight} {HostHealth.Text(flags)} told {Coarse(told)} #{identity}");

    private static char Coarse(HealthFlags flags) =>
        HostHealth.IsHealthy(flags) ? 'h'
        : HostHealth.IsDegraded(flags) ? 'd'
        : 'u';

    /// <summary>The main machine, its checks answered when the test says so.</summary>
    private sealed class Machine
    {
        private readonly EffectBuffer effects = new();
        private readonly ProxyMain main;
        private readonly Dictionary<UpstreamConnectionId, HostState> asked = [];
        private readonly List<HostState> identities = [];
        private MonotonicTime now = new(1_000);

        public Machine(bool ignoresHealth)
        {
            const long Long = 100_000 * Snapshots.Second;
            var cluster = Snapshots.Cluster("svc", 0) with
            {
                Type = DiscoveryType.Eds,
                Eds = new EdsSnapshot("svc", "/eds.yaml"),
                UpdateMergeWindowNs = 0,
                IgnoreHealthOnHostRemoval = ignoresHealth,
                HealthChecks = [HealthChecks.Tcp() with { TimeoutNs = Long, HealthyThreshold = 1, UnhealthyThreshold = 1 }],
                OutlierDetection = new OutlierDetectionSnapshot { MaxEjectionPercent = 100, IntervalNs = Long },
            };
            main = new ProxyMain(Snapshots.Proxy(cluster: cluster), new RandomSource(1));
            Do(() => main.Start(now, effects));
            Do(() => main.EndpointsUpdate(now, "svc", new EndpointsAnswer(EndpointsOutcome.Empty), effects));
        }

        public string Text
        {
            get
            {
                var told = main.View.Clusters[0];
                var lines = told.Hosts.Select(
                    (host, i) =>
                        Line(host.Address.Ip, host.Snapshot.Priority, host.Snapshot.Weight, host.Health, told.Health[i], identities.IndexOf(Known(host)))
                );
                return $"{string.Join('\n', lines.Order(StringComparer.Ordinal))}\nchanges {main.View.Stats.Value("cluster.svc.membership_change")}";
            }
        }

        public void Assign(ImmutableArray<EndpointSnapshot> endpoints) =>
            Do(() => main.EndpointsUpdate(now, "svc", EndpointsAnswer.Of(new EndpointAssignment { Endpoints = endpoints }), effects));

        public void Eject(int number)
        {
            if (Find(number) is { } host)
            {
                Do(() => main.OutlierDetected(now, "svc", host, EjectionType.Consecutive5xx, effects));
            }
        }

        public void Check(int number, bool passes)
        {
            if (Find(number) is not { } host)
            {
                return;
            }

            while (!asked.ContainsValue(host))
            {
                now = main.NextDeadline!.Value;
                Do(() => main.Advance(now, effects));
            }

            var connection = asked.Single(entry => entry.Value == host).Key;
            _ = asked.Remove(connection);
            Do(() => main.Probe(now, connection, new ProbeEvent(passes ? ProbeEventKind.Connected : ProbeEventKind.Closed), effects));
        }

        private HostState? Find(int number) => main.View.Clusters[0].Hosts.FirstOrDefault(host => host.Address.Ip == Address(number));

        private HostState Known(HostState host)
        {
            if (!identities.Contains(host))
            {
                identities.Add(host);
            }

            return host;
        }

        private void Do(Action input)
        {
            input();
            foreach (ref readonly var effect in effects.Span)
            {
                if (effect.Kind == EffectKind.OpenProbe)
                {
                    asked[effect.Upstream] = effect.Probe!.Host;
                }
                else if (effect.Kind == EffectKind.CloseProbe)
                {
                    _ = asked.Remove(effect.Upstream);
                }
            }

            effects.Clear();
            foreach (var host in main.View.Clusters[0].Hosts.OrderBy(static host => host.Address.Ip, StringComparer.Ordinal))
            {
                _ = Known(host);
            }
        }
    }

    /// <summary>What the documentation of host identity says, in the plainest form.</summary>
    private sealed class Table(bool ignoresHealth)
    {
        private readonly SortedDictionary<string, Row> rows = new(StringComparer.Ordinal);
        private int identities;
        private int changes;

        public string Text =>
            $"{string.Join('\n', rows.Select(static row => Line(row.Key, row.Value.Priority, row.Value.Weight, row.Value.Flags, row.Value.Flags, row.Value.Identity)).Order(StringComparer.Ordinal))}\nchanges {changes}";

        public void Assign(ImmutableArray<EndpointSnapshot> endpoints)
        {
            var before = Ids();
            var wanted = endpoints
                .DistinctBy(static endpoint => endpoint.Address, StringComparer.Ordinal)
                .ToDictionary(static endpoint => endpoint.Address, StringComparer.Ordinal);
            foreach (var (address, row) in rows.ToArray())
            {
                if (wanted.ContainsKey(address))
                {
                    continue;
                }

                var stays = !ignoresHealth && !row.HasFailed && row.Eds is not (EdsHealth.Unhealthy or EdsHealth.Timeout);
                row.IsLeaving = stays;
                if (!stays)
                {
                    rows.Remove(address);
                }
            }

            foreach (var (address, endpoint) in wanted.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
            {
                var known = rows.GetValueOrDefault(address);
                if (known is null || known.Locality != endpoint.Locality)
                {
                    rows[address] = new Row(identities++) { HasFailed = known?.HasFailed ?? true, Locality = endpoint.Locality };
                }

                var row = rows[address];
                (row.Priority, row.Weight, row.Eds, row.IsLeaving) = (endpoint.Priority, endpoint.Weight, endpoint.Health, false);
            }

            Count(before);
        }

        public void Eject(string address)
        {
            if (rows.TryGetValue(address, out var row))
            {
                row.IsEjected = true;
            }
        }

        public void Check(string address, bool passes)
        {
            if (!rows.TryGetValue(address, out var row))
            {
                return;
            }

            var before = Ids();
            row.HasFailed = !passes;
            row.IsEjected &= !passes;
            if (row is { IsLeaving: true, HasFailed: true })
            {
                rows.Remove(address);
            }

            Count(before);
        }

        /// <summary>membership_change counts priorities in which hosts came or went.</summary>
        private void Count(ILookup<int, int> before)
        {
            var after = Ids();
            changes += Enumerable.Range(0, 3).Count(priority => !before[priority].Order().SequenceEqual(after[priority].Order()));
        }

        private ILookup<int, int> Ids() => rows.Values.ToLookup(static row => row.Priority, static row => row.Identity);

        private sealed class Row(int identity)
        {
            public int Identity => identity;

            public int Priority { get; set; }

            public uint Weight { get; set; }

            public EdsHealth Eds { get; set; }

            public LocalitySnapshot Locality { get; init; } = LocalitySnapshot.None;

            public bool HasFailed { get; set; }

            public bool IsEjected { get; set; }

            public bool IsLeaving { get; set; }

            public HealthFlags Flags =>
                HostHealth.FromEds(Eds)
                | (HasFailed ? HealthFlags.FailedActiveHc : 0)
                | (IsEjected ? HealthFlags.FailedOutlierCheck : 0)
                | (IsLeaving ? HealthFlags.PendingDynamicRemoval : 0);
        }
    }
}
