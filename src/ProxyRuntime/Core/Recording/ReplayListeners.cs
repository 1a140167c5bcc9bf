namespace MeshSim.ProxyRuntime.Core;

/// <summary>The listeners that discovery brought in a replay: read of the recorded responses, announced by the main machine, told to the workers.</summary>
internal sealed class ReplayListeners(Func<string, ListenersAnswer>? read)
{
    private readonly Dictionary<string, List<ListenerSnapshot>> opened = new(StringComparer.Ordinal);

    /// <summary>The answer of which this was recorded.</summary>
    /// <param name="text">The response.</param>
    /// <param name="taken">The names of the listeners that could be opened.</param>
    /// <exception cref="FormatException">Nobody reads listeners here.</exception>
    public ListenersAnswer Answer(ListenersOutcome outcome, string text, IEnumerable<string> taken)
    {
        var names = new HashSet<string>(taken, StringComparer.Ordinal);
        var answer = (read ?? throw new FormatException("The configuration has no lds_config."))(text);
        return answer with { Outcome = outcome, Listeners = [.. answer.Listeners.Where(listener => names.Contains(listener.Name))] };
    }

    /// <summary>The main machine has it opened.</summary>
    public void Open(ListenerSnapshot listener)
    {
        if (!opened.TryGetValue(listener.Name, out var versions))
        {
            opened[listener.Name] = versions = [];
        }

        versions.Add(listener);
    }

    /// <summary>The version of a listener that a worker was told of for the so-manieth time.</summary>
    /// <exception cref="FormatException">The main machine has not opened so many.</exception>
    public ListenerSnapshot Told(string name, int number) =>
        opened.TryGetValue(name, out var versions) && number < versions.Count
            ? versions[number]
            : throw new FormatException($"Listener '{name}' was not opened so often.");
}
