using System.Text;
using System.Text.Json;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>Verdicts for programs. The same bytes for the same experiments, seeds and program.</summary>
public static class FidelityJson
{
    /// <summary>Raised when the meaning of a field changes.</summary>
    public const int SchemaVersion = 1;

    public static string Write(IReadOnlyCollection<FidelityOutcome> outcomes)
    {
        using var bytes = new MemoryStream();
        using (
            var json = new Utf8JsonWriter(
                bytes,
                new JsonWriterOptions
                {
                    Indented = true,
                    NewLine = "\n",
                    Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            )
        )
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", SchemaVersion);
            json.WriteBoolean("inside", outcomes.All(static outcome => outcome.Count(Verdict.Outside) == 0));
            json.WriteStartArray("experiments");
            foreach (var outcome in outcomes)
            {
                WriteExperiment(json, outcome);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private static void WriteExperiment(Utf8JsonWriter json, FidelityOutcome outcome)
    {
        json.WriteStartObject();
        json.WriteString("file", outcome.File);
        json.WriteString("name", outcome.Experiment.Name);
        json.WriteNumber("measuredRuns", outcome.Experiment.Runs.Length);
        json.WriteNumber("seeds", outcome.Simulated.Length);
        json.WriteStartArray("figures");
        foreach (var figure in outcome.Figures)
        {
            json.WriteStartObject();
            json.WriteString("name", figure.Figure.Name);
            json.WriteString("unit", figure.Figure.Unit);
            WriteRounded(json, "measured", figure.Measured);
            WriteRounded(json, "simulated", figure.Simulated);
            WriteRounded(json, "low", figure.Low);
            WriteRounded(json, "high", figure.High);
            json.WriteString("verdict", FidelityText.Of(figure.Verdict));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRounded(Utf8JsonWriter json, string name, double value) => json.WriteNumber(name, Math.Round((decimal)value, 4));
}
