using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Random cases that are the same in every run: <c>Sample</c> of CsCheck takes a seed for its first case only.</summary>
internal static class FixedCases
{
    private const int SearchesForSmaller = 2_000;

    public static IEnumerable<T> Of<T>(Gen<T> cases, int count)
    {
        for (uint i = 0; i < count; i++)
        {
            yield return cases.Generate(Random(i), null, out _);
        }
    }

    /// <summary>Checks each case; one that fails goes to CsCheck, which looks for a smaller one.</summary>
    public static void ForEach<T1, T2>(Gen<(T1, T2)> cases, int count, Action<T1, T2> check)
    {
        var number = 0u;
        foreach (var (one, two) in Of(cases, count))
        {
            try
            {
                check(one, two);
                number++;
            }
            catch (Exception)
            {
                cases.Sample(check, seed: Random(number).ToString(), iter: SearchesForSmaller, threads: 1);
                throw;
            }
        }
    }

    private static PCG Random(uint number) => new(number % 64, StableHash.Mix(number));
}
