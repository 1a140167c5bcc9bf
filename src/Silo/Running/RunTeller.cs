using System.Globalization;
using MeshSim.Grains.Contracts;

namespace MeshSim.Silo;

/// <summary>Writes down how a run goes on: where its partitions are, whenever that changes, and each second of virtual time.</summary>
internal sealed class RunTeller(TextWriter output)
{
    private string[] silos = [];
    private long toldNs;

    public void Tell(RunReport report)
    {
        for (var i = 0; i < report.Silos.Length; i++)
        {
            if (silos.Length == 0)
            {
                output.WriteLine(Text($"partition {i} of {report.Silos.Length} has begun in {report.Silos[i]}"));
            }
            else if (silos[i] != report.Silos[i])
            {
                output.WriteLine(Text($"partition {i} of {report.Silos.Length} was lost with its silo and has been executed again in {report.Silos[i]}"));
            }
        }

        silos = report.Silos;
        if (report.VirtualTimeNs >= toldNs + 1_000_000_000)
        {
            toldNs = report.VirtualTimeNs;
            output.WriteLine(Text($"{report.VirtualTimeNs / 1e9:0.0} s, {report.Events} events"));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
