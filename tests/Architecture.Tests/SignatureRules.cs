using System.Reflection;

namespace MeshSim.Architecture.Tests;

/// <summary>Types of the outside world that deterministic code must not show in its signatures.</summary>
internal static class SignatureRules
{
    private static readonly string[] Forbidden =
    [
        "System.Threading.Tasks.",
        "System.Threading.Thread",
        "System.TimeProvider",
        "System.DateTime",
        "System.IO.Stream",
        "System.Net.Sockets.",
        "System.Diagnostics.Stopwatch",
    ];

    public static IEnumerable<string> Violations(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType).Select(used => (method, used)))
            .Where(entry => Forbidden.Any(forbidden => (entry.used.FullName ?? "").StartsWith(forbidden, StringComparison.Ordinal)))
            .Select(entry => $"{type.FullName}.{entry.method.Name} shows {entry.used.FullName}");
}
