using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>
/// Random cases that are the same in every run. <c>Sample</c> of CsCheck takes a seed for its first case only; it is given that of a
/// case that fails, so that it looks for a smaller one.
/// </summary>
internal static class FixedCases
{
    private const int SearchesForSmaller = 2_000;

    public static void ForEach<T1, T2>(Gen<(T1, T2)> cases, int count, Action<T1, T2> check) => ForEach(cases, count, pair => check(pair.Item1, pair.Item2));

    public static void ForEach<T>(Gen<T> cases, int count, Action<T> check)
    {
        for (uint i = 0; i < count; i++)
        {
            var random = new PCG(i % 64, StableHash.Mix(i));
            var seed = random.ToString();
            try
            {
                check(cases.Generate(random, null, out _));
            }
            catch (Exception)
            {
                cases.Sample(check, seed: seed, iter: SearchesForSmaller, threads: 1);
                throw;
            }
        }
    }
}
