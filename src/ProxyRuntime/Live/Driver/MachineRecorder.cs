using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Writes down what one machine is told and what it asks for; all machines of a proxy write into one file, an input at a time.</summary>
internal sealed class MachineRecorder(TextWriter file, string machine)
{
    private readonly List<string> lines = [];

    public void Input(string line) => lines.Add(line);

    /// <summary>Ends an input: its effects and the next deadline.</summary>
    public void Outcome(EffectBuffer effects, MonotonicTime? deadline)
    {
        foreach (ref readonly var effect in effects.Span)
        {
            lines.Add(EffectText.Of(effect));
        }

        lines.Add(EffectText.Deadline(deadline));
        lock (file)
        {
            foreach (var line in lines)
            {
                file.Write(machine);
                file.Write(' ');
                file.WriteLine(line);
            }
        }

        lines.Clear();
    }
}
