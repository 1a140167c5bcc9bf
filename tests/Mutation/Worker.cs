using System.Globalization;
using System.Reflection;

namespace MeshSim.Mutation;

/// <summary>
/// The process that has the mutated assembly in it. It reads a command a line and answers with lines: <c>cover COUNT</c> tells for each
/// test how long it takes and which mutants it reaches; <c>try ID TEST,TEST…</c> tells whether one of these tests fails.
/// </summary>
internal static class Worker
{
    public static int Run(string folder, TextReader input, TextWriter output)
    {
        using var session = new TestSession(Assembly.LoadFrom(Path.Combine(folder, "MeshSim.ProxyRuntime.Core.Tests.dll")));
        var mutant = new ActiveMutant(Assembly.LoadFrom(Path.Combine(folder, "MeshSim.ProxyRuntime.Core.dll")));
        output.WriteLine("ready");
        while (input.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            if (words[0] == "cover")
            {
                Cover(session, mutant, int.Parse(words[1], CultureInfo.InvariantCulture), output);
            }
            else
            {
                mutant.Choose(int.Parse(words[1], CultureInfo.InvariantCulture));
                var tests = words[2].Split(',').Select(index => session.Cases[int.Parse(index, CultureInfo.InvariantCulture)]);
                output.WriteLine(session.FindFailure(tests) is { } failed ? $"killed {failed.ReplaceLineEndings(" ")}" : "survived");
                mutant.Choose(0);
            }
        }

        return 0;
    }

    private static void Cover(TestSession session, ActiveMutant mutant, int count, TextWriter output)
    {
        var places = session.Cases.Select(static (test, index) => (test.UniqueID, index)).ToDictionary(static at => at.UniqueID, static at => at.index);
        var seen = new bool[count + 1];
        var failed = session.RunAll(
            () =>
            {
                Array.Clear(seen);
                mutant.Note(seen);
            },
            (test, time) =>
            {
                mutant.Note(null);
                var reached = Enumerable.Range(0, seen.Length).Where(id => seen[id]);
                output.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"test {places[test.UniqueID]} {time.TotalMilliseconds:0} {string.Join(',', reached)}")
                );
            }
        );
        foreach (var name in failed)
        {
            output.WriteLine($"fails {name}");
        }

        output.WriteLine("done");
    }
}
