using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads the lines of <c>expectations</c>.</summary>
internal static class ExpectationReader
{
    public static ImmutableArray<Expectation> Read(FieldReader root)
    {
        var built = ImmutableArray.CreateBuilder<Expectation>();
        foreach (var item in root.List("expectations", about: "what is to come out"))
        {
            if (item is ConfigScalar scalar && ExpectationText.Parse(scalar.Text) is { } expectation)
            {
                built.Add(expectation);
            }
            else
            {
                root.Problem(
                    item.Place,
                    root.At("expectations"),
                    $"'{(item as ConfigScalar)?.Text}' is not accepted; accepted are lines such as 'success_rate >= 99%' and 'p99 <= 250ms'"
                );
            }
        }

        return built.ToImmutable();
    }
}
