using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>What the readers of one scenario file share: where problems go, and the files it names.</summary>
/// <param name="readFile">Gives the text of a file named in the scenario; null when there is none such.</param>
internal sealed class ReadingContext(Func<string, string?> readFile)
{
    public List<ConfigProblem> Problems { get; } = [];

    public List<ConfigProblem> Warnings { get; } = [];

    /// <summary>What does not run over real sockets, each with its place.</summary>
    public List<ConfigProblem> NotLive { get; } = [];

    public string? ReadFile(string name) => readFile(name);

    /// <summary>A field is used that only virtual time has.</summary>
    public void SimulatedOnly(FieldReader fields, string name)
    {
        if (!fields.IsDescribing && fields.Has(name))
        {
            var place = fields.PlaceOf(name);
            NotLive.Add(new ConfigProblem(place.File, place.Line, place.Column, fields.At(name), $"'{name}' works in virtual time only so far"));
        }
    }
}
