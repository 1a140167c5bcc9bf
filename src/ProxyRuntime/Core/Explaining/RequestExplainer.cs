namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Says what becomes of a request: drives the real machines of a proxy, one main and one worker, with one connection and one request,
/// in virtual time until it is over.
/// </summary>
/// <remarks>
/// There is nobody else: names have addresses of documentation, every host connects and answers at once, and so do the services the
/// proxy itself asks.
/// </remarks>
public static class RequestExplainer
{
    /// <summary>A request that takes longer is not followed to its end: a day.</summary>
    public const long MaxDurationNs = 86_400 * MonotonicTime.NanosecondsPerSecond;

    /// <param name="listener">One of the snapshot's.</param>
    public static Explanation Explain(ProxySnapshot snapshot, ListenerSnapshot listener, ExplainRequest request) =>
        new ExplainRun(snapshot, listener, request).Run();

    /// <summary>
    /// The listener a request goes to: the one of that name; without a name the only one there is, or the only one on the port of the
    /// URL. Null if that is not certain.
    /// </summary>
    /// <param name="error">What is wrong and what would be accepted; empty if nothing is.</param>
    public static ListenerSnapshot? ChooseListener(ProxySnapshot snapshot, string? name, int? port, out string error)
    {
        error = "";
        if (snapshot.Listeners.IsEmpty)
        {
            error = "the configuration has no listeners";
            return null;
        }

        if (name is not null)
        {
            if (snapshot.Listeners.FirstOrDefault(listener => listener.Name == name) is { } named)
            {
                return named;
            }

            error = $"there is no listener '{name}'; there {Listed(snapshot)}";
            return null;
        }

        if (snapshot.Listeners.Length == 1)
        {
            return snapshot.Listeners[0];
        }

        var onPort = snapshot.Listeners.Where(listener => listener.Address.Port == port).ToArray();
        if (onPort.Length == 1)
        {
            return onPort[0];
        }

        error = $"which listener is meant? Choose one with --listener NAME; there {Listed(snapshot)}";
        return null;
    }

    private static string Listed(ProxySnapshot snapshot)
    {
        const int MaxListed = 40;
        var names = string.Join(", ", snapshot.Listeners.Take(MaxListed).Select(static listener => $"'{listener.Name}' on {listener.Address}"));
        var more = snapshot.Listeners.Length > MaxListed ? $" and {snapshot.Listeners.Length - MaxListed} more" : "";
        return $"{(snapshot.Listeners.Length == 1 ? "is" : "are")}: {names}{more}";
    }
}
