namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>One proxy among clients and hosts that do what random steps say.</summary>
internal sealed class Traffic
{
    private readonly TrafficClients clients;
    private readonly TrafficHosts hosts;
    private readonly Dictionary<StreamId, int> starts = [];

    public Traffic(TrafficSettings settings)
    {
        Settings = settings;
        clients = new TrafficClients(this);
        hosts = new TrafficHosts(this);
        var snapshot = settings.ToSnapshot();
        Shared = new ProxyShared(snapshot);
        Proxy = new WorkerHarness(snapshot, settings.Seed, shared: Shared) { Watch = OnEffect };
        Hosts = Proxy.Memberships["svc"].Hosts;
    }

    public TrafficSettings Settings { get; }

    public WorkerHarness Proxy { get; }

    public ProxyShared Shared { get; }

    /// <summary>All hosts the cluster ever has.</summary>
    public IReadOnlyList<HostState> Hosts { get; }

    /// <summary>Requests that clients have begun.</summary>
    public int Begun => clients.Begun;

    /// <summary>Every effect in full, if wanted.</summary>
    public List<string>? Transcript { get; init; }

    /// <summary>How often things happened, by words like <c>URX</c> or <c>hedged</c>.</summary>
    public SortedDictionary<string, int> Seen { get; } = new(StringComparer.Ordinal);

    public void Take(TrafficStep step)
    {
        Transcript?.Add($"> {Proxy.Now.Nanoseconds} {step}");
        switch (step.What)
        {
            case TrafficEvent.Wait:
                _ = Proxy.Wait(step.Milliseconds);
                break;
            case TrafficEvent.Hosts:
                // Some leave, or come back.
                var membership = new ClusterMembership("svc", [.. Hosts.Where((_, i) => ((step.Amount >> i) & 1) == 0)]);
                _ = Proxy.Run(buffer => Proxy.Worker.HostUpdate(Proxy.Now, membership, buffer));
                break;
            case TrafficEvent.Drain when step.Which == 0:
                _ = Proxy.Run(buffer => Proxy.Worker.Drain(Proxy.Now, buffer));
                break;
            case < TrafficEvent.Connected:
                clients.Take(step);
                break;
            default:
                hosts.Take(step);
                break;
        }
    }

    /// <summary>
    /// Everything comes to its end: time goes by until all has timed out, or clients and hosts leave at once. Then connections close.
    /// </summary>
    /// <param name="whenQuiet">Nothing is under way any more.</param>
    public void Finish(Action whenQuiet)
    {
        if (Settings.Seed % 2 == 0)
        {
            _ = Proxy.Wait(7_200_000);
            whenQuiet();
            CloseAll();
        }
        else
        {
            CloseAll();
            whenQuiet();
        }
    }

    public void See(string word, bool condition = true) => Seen[word] = Seen.GetValueOrDefault(word) + (condition ? 1 : 0);

    private void CloseAll()
    {
        clients.LeaveAll();
        _ = Proxy.ClientLeaves();
        hosts.CloseAll();

        // Maps of the last input are free only with the next.
        _ = Proxy.Run(buffer => Proxy.Worker.Advance(Proxy.Now, buffer));
    }

    private void OnEffect(Effect effect)
    {
        Transcript?.Add(EffectText.Of(effect));
        switch (effect.Kind)
        {
            case EffectKind.StartAttempt:
                starts[effect.Stream] = starts.GetValueOrDefault(effect.Stream) + 1;
                break;
            case EffectKind.LogAccess:
                OnLog(effect);
                break;
        }

        clients.OnEffect(effect);
        hosts.OnEffect(effect);
    }

    private void OnLog(in Effect effect)
    {
        var log = LogLine.Of(effect);
        Assert.InRange(log.Attempts, 0, 1 + clients.RetriesOf(effect.Stream));
        Assert.InRange(starts.GetValueOrDefault(effect.Stream), 0, log.Attempts);
        _ = starts.Remove(effect.Stream);
        foreach (var word in (string[])[.. log.Flags.Split(','), log.Details.Split('{')[0], $"attempts {log.Attempts}", log.Final ? "final" : "redirected"])
        {
            See(word);
        }
    }
}
