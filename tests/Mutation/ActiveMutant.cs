using System.Reflection;

namespace MeshSim.Mutation;

/// <summary>The switch that is compiled into the mutated assembly, and how to turn it from outside.</summary>
internal sealed class ActiveMutant
{
    /// <summary>The type's full name there, as calls of it are written.</summary>
    public const string Call = "global::MeshSim.Mutation.Switch.Is";

    public const string Source = """
        namespace MeshSim.Mutation;

        internal static class Switch
        {
            public static int Active;
            public static bool[]? Seen;

            public static bool Is(int id)
            {
                if (Seen is { } seen)
                {
                    seen[id] = true;
                }

                return Active == id;
            }
        }
        """;

    private readonly FieldInfo active;
    private readonly FieldInfo seen;

    public ActiveMutant(Assembly mutated)
    {
        var type = mutated.GetType("MeshSim.Mutation.Switch", throwOnError: true)!;
        active = type.GetField("Active")!;
        seen = type.GetField("Seen")!;
    }

    /// <summary>0: none.</summary>
    public void Choose(int id) => active.SetValue(null, id);

    /// <summary>Mutants that are reached set their place; null: nothing is noted.</summary>
    public void Note(bool[]? places) => seen.SetValue(null, places);
}
