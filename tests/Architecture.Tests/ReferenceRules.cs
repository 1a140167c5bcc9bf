namespace MeshSim.Architecture.Tests;

/// <summary>Which project may know which: everything else is a violation.</summary>
internal static class ReferenceRules
{
    private const string Runtime = "MeshSim.ProxyRuntime.";
    private const string Scenarios = "MeshSim.Scenarios.";
    private const string Grains = "MeshSim.Grains.";

    private static readonly Dictionary<string, string[]> Direct = new(StringComparer.Ordinal)
    {
        [Runtime + "Core"] = [],
        [Runtime + "Config"] = [Runtime + "Core"],
        [Runtime + "Admin"] = [Runtime + "Config"],
        [Runtime + "Live"] = [Runtime + "Admin"],
        [Scenarios + "Model"] = [Runtime + "Core", Runtime + "Config"],
        [Scenarios + "Engine"] = [Scenarios + "Model"],
        [Scenarios + "Play"] = [Scenarios + "Engine", Runtime + "Admin"],
        [Scenarios + "Results"] = [Scenarios + "Model"],
        [Scenarios + "Live"] = [Scenarios + "Model", Scenarios + "Results", Runtime + "Live"],
        [Scenarios + "Library"] = [],
        [Grains + "Contracts"] = [Scenarios + "Model"],
        [Grains + "Simulation"] = [Grains + "Contracts", Scenarios + "Engine", Runtime + "Admin", Scenarios + "Results"],
    };

    /// <summary>Packages a project may use beside the framework, by the beginning of their assemblies' names; null means any.</summary>
    private static readonly Dictionary<string, string[]> Packages = new(StringComparer.Ordinal)
    {
        [Runtime + "Core"] = [],
        [Runtime + "Config"] = ["Google.Protobuf", "YamlDotNet"],
        [Runtime + "Admin"] = [],
        [Scenarios + "Model"] = ["Bogus"],
        [Scenarios + "Engine"] = [],
        [Scenarios + "Play"] = [],
        [Scenarios + "Library"] = [],
    };

    public static IEnumerable<string> Projects => Direct.Keys;

    /// <summary>What is wrong with the references of an assembly; empty if nothing is.</summary>
    public static IEnumerable<string> Violations(string assembly, IEnumerable<string> references)
    {
        var allowed = Reachable(assembly);
        foreach (var reference in references)
        {
            if (reference.StartsWith("MeshSim.", StringComparison.Ordinal))
            {
                if (!allowed.Contains(reference))
                {
                    yield return $"{assembly} must not know {reference}";
                }
            }
            else if (
                Packages.TryGetValue(assembly, out var packages)
                && !IsFramework(reference)
                && !packages.Any(package => reference.StartsWith(package, StringComparison.Ordinal))
            )
            {
                yield return $"{assembly} must not use the package {reference}";
            }
        }
    }

    private static HashSet<string> Reachable(string assembly)
    {
        HashSet<string> reachable = new(StringComparer.Ordinal);
        var todo = new Queue<string>(Direct[assembly]);
        while (todo.TryDequeue(out var next))
        {
            if (reachable.Add(next))
            {
                foreach (var further in Direct[next])
                {
                    todo.Enqueue(further);
                }
            }
        }

        return reachable;
    }

    private static bool IsFramework(string reference) =>
        reference is "System" or "netstandard" or "mscorlib" || reference.StartsWith("System.", StringComparison.Ordinal) && reference != "System.CommandLine";
}
