using System.Globalization;

namespace MeshSim.Benchmarks.Engine;

/// <summary>What the simulation engine costs: pending events, whole requests, memory. Prints the tables of docs/benchmarks.md.</summary>
internal static class EngineComparison
{
    /// <param name="args"><c>engine [hold|requests|mesh|memory|partitions|silos|kill|replications|thousand …]</c>; without a name all of them.</param>
    public static int Run(string[] args)
    {
        string[] parts = args.Length > 1 ? args[1..] : ["hold", "requests", "mesh", "memory"];
        foreach (var part in parts)
        {
            switch (part)
            {
                case "hold":
                    HoldModel.Report();
                    break;
                case "requests":
                    FullLogic.Report();
                    break;
                case "mesh":
                    MeshCost.Report();
                    break;
                case "memory":
                    ProxyMemory.Report();
                    break;
                case "partitions" or "silos" or "replications" or "thousand":
                    WholeRuns.Report(part);
                    break;
                case "kill":
                    KilledSilo.Report();
                    break;
                default:
                    Console.Error.WriteLine(
                        $"engine: '{part}' is not accepted; accepted are hold, requests, mesh, memory, partitions, silos, kill, replications, thousand"
                    );
                    return 2;
            }
        }

        return 0;
    }

    public static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
