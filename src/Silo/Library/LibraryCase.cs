using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Config;
using MeshSim.Scenarios.Library;
using MeshSim.Scenarios.Results;

namespace MeshSim.Silo;

/// <summary>What of the library is asserted together: a scenario, or an incident and its fixed variant.</summary>
/// <param name="Fixed">The name of the fixed variant; null for a scenario alone.</param>
internal sealed record LibraryCase(string Name, string? Fixed)
{
    /// <summary>All of the library, incidents last.</summary>
    public static IEnumerable<LibraryCase> All =>
        [
            .. ScenarioLibrary.Alone.Select(static name => new LibraryCase(name, null)),
            .. ScenarioLibrary.Incidents.Select(static incident => new LibraryCase(incident.Name, incident.FixedName)),
        ];

    /// <summary>Those of some names; of a fixed variant's name, its incident. All where no names are given.</summary>
    /// <exception cref="BadInputException">The library has no such scenario.</exception>
    public static ImmutableArray<LibraryCase> Named(string[] names)
    {
        var all = All.ToArray();
        return names.Length == 0
            ? [.. all]
            :
            [
                .. names
                    .Select(name =>
                        Array.Find(all, one => one.Name == name || one.Fixed == name)
                        ?? throw new BadInputException(
                            $"no scenario '{name}' in the library; 'meshsim list' shows them{NearestWord.Suggest(name, ScenarioLibrary.Names)}"
                        )
                    )
                    .Distinct(),
            ];
    }

    /// <param name="seed">Null for that of each scenario.</param>
    public LibraryOutcome Run(ulong? seed = null) => new(LibraryRun.Of(Name, seed), Fixed is null ? null : LibraryRun.Of(Fixed, seed));
}

/// <summary>What came of a scenario of the library, or of an incident and its fixed variant.</summary>
/// <param name="Original">The scenario, or the incident as people had it.</param>
/// <param name="Fixed">The fixed variant; null for a scenario alone.</param>
internal sealed record LibraryOutcome(LibraryRun Original, LibraryRun? Fixed)
{
    public IEnumerable<LibraryRun> Runs => Fixed is null ? [Original] : [Original, Fixed];

    /// <summary>What is not as it should be, a sentence each.</summary>
    public IEnumerable<string> Failures => Suites.SelectMany(static suite => suite.Tests).Select(static test => test.Failure).OfType<string>();

    /// <summary>All that is asserted: the expectations of each run and, of an incident, that each variant fails the other's.</summary>
    public IEnumerable<JUnitSuite> Suites
    {
        get
        {
            foreach (var run in Runs)
            {
                var other =
                    Fixed is null ? null
                    : run == Fixed ? Original
                    : Fixed;
                var suite = JUnitSuite.Of(run.Result);
                yield return suite with
                {
                    Name = run.Name,
                    Tests =
                    [
                        .. suite.Tests.Select(test => (test.Name, test.Failure is null ? null : $"{run.Name}: {test.Failure}")),
                        .. other is null ? [] : new[] { TellsApart(run, other) },
                    ],
                };
            }
        }
    }

    /// <summary>A fix whose expectations the incident meets as well fixes nothing, and the other way about.</summary>
    private static (string Name, string? Failure) TellsApart(LibraryRun run, LibraryRun other) =>
        (
            $"{other.Name} fails at least one of these",
            run.Scenario.Expectations.Any(expectation => !expectation.Check(other.Result).Passed)
                ? null
                : $"{run.Name}: {other.Name} meets all its expectations, too, so they do not tell one from the other"
        );
}
