namespace MeshSim.ProxyRuntime.Core;

/// <summary>One of the checks of a cluster: what all its sessions, one for each host, have in common.</summary>
internal sealed class HealthChecker
{
    private readonly ClusterHealth owner;
    private readonly RandomStream random;
    private readonly ProbeAnswer passing;

    public HealthChecker(ProxyMainContext context, ClusterSnapshot cluster, HealthCheckSnapshot settings, ClusterHealth owner, HealthCheckerStats stats)
    {
        this.owner = owner;
        Context = context;
        Cluster = cluster;
        Settings = settings;
        Stats = stats;
        Events = new HealthCheckEvents(context, cluster, settings);
        random = context.Random.DeriveSource("health-check", cluster.Name).Derive("interval", settings.Name);
        passing = PassingAnswers.Of(settings.Probe);
    }

    public ProxyMainContext Context { get; }

    public ClusterSnapshot Cluster { get; }

    public HealthCheckSnapshot Settings { get; }

    public HealthCheckerStats Stats { get; }

    public HealthCheckEvents Events { get; }

    public HealthCheckSession NewSession(HostChecks checks) =>
        Settings.Probe switch
        {
            HttpProbeSnapshot http => new HttpCheckSession(this, checks, http),
            TcpProbeSnapshot tcp => new TcpCheckSession(this, checks, tcp),
            GrpcProbeSnapshot grpc => new GrpcCheckSession(this, checks, grpc),
            _ => throw new InvalidOperationException($"There is no check by {Settings.Probe.GetType().Name}."),
        };

    public ProbeTarget TargetOf(HostState host) => new(host, host.Snapshot.HealthCheck.Of(host.Address), Settings.Probe.Protocol, passing);

    /// <summary>The host header of a check: the endpoint's, else the check's own, else the cluster's name.</summary>
    public string HostHeader(HostState host, string configured)
    {
        var own = host.Snapshot.HealthCheck.Hostname;
        if (own.Length > 0)
        {
            return own;
        }

        return configured.Length > 0 ? configured : Cluster.Name;
    }

    public long FirstIntervalNs() => HealthIntervals.FirstNs(Settings, Context.Runtime, random);

    public long NextIntervalNs(bool healthy, HealthTransition transition) =>
        HealthIntervals.NextNs(Settings, owner.HasTraffic, healthy, transition, Context.Runtime, random);

    /// <summary>A session has had a result, or will never have one.</summary>
    public void Completed(HealthCheckSession session, HealthTransition transition, bool healthy) => owner.OnCompleted(session.Checks, transition, healthy);
}
