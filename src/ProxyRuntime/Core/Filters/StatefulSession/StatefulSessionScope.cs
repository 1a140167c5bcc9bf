namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the streams of one chain share of their sessions: settings made ready, and statistics.</summary>
internal sealed class StatefulSessionScope(WorkerContext context, ConnectionManager manager, StatefulSessionSettings settings)
{
    private readonly StatefulSession own = new(
        settings,
        settings.StatPrefix.Length == 0 ? null : new SessionStats(context.Stats, $"http.{manager.Snapshot.StatPrefix}.stateful_session.{settings.StatPrefix}.")
    );

    private readonly Dictionary<StatefulSessionSettings, StatefulSession> ofRoutes = new(ReferenceEqualityComparer.Instance);

    /// <summary>Null: disabled.</summary>
    public StatefulSession? For(IRouteFilterSettings? ofRoute)
    {
        if (ofRoute is not StatefulSessionRouteSettings route)
        {
            return own;
        }

        if (route.Session is not { } settings)
        {
            return null;
        }

        if (!ofRoutes.TryGetValue(settings, out var session))
        {
            ofRoutes[settings] = session = new StatefulSession(settings, null);
        }

        return session;
    }
}

/// <summary>Settings of sessions made ready for use.</summary>
internal sealed class StatefulSession(StatefulSessionSettings settings, SessionStats? stats)
{
    public SessionState? State { get; } = SessionState.Of(settings.State);

    public bool Strict => settings.Strict;

    /// <summary>Null where none are kept.</summary>
    public SessionStats? Stats => stats;
}

/// <summary>What is counted of sessions.</summary>
internal sealed class SessionStats(StatSheet sheet, string root)
{
    private readonly Counter failedClosed = sheet.Counter(root + "failed_closed");
    private readonly Counter failedOpen = sheet.Counter(root + "failed_open");
    private readonly Counter noSession = sheet.Counter(root + "no_session");

    /// <summary>The client's own host served.</summary>
    public Counter Routed { get; } = sheet.Counter(root + "routed");

    /// <summary>A request that takes no part in sessions was answered; only those that had a host are counted.</summary>
    public void CountWithout(HostState? host) => noSession.Add(host is null ? 0 : 1);

    public void CountFailed(bool closed) => failedClosed.Add(closed ? 1 : 0);

    /// <summary>Another host than the client's served, be it that the client had none.</summary>
    public void CountOther(bool strict) => failedOpen.Add(strict ? 0 : 1);
}
