using System.Text;
using System.Text.Json;

namespace MeshSim.Scenarios.Results;

/// <summary>A comparison for programs. Figures in their unit; what is not known is null.</summary>
public static class ComparisonJson
{
    public static string Write(Comparison comparison)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("verdict", Name(comparison.Verdict));
            json.WriteString("method", comparison.Method);
            WriteSide(json, "a", comparison.A);
            WriteSide(json, "b", comparison.B);
            json.WriteStartArray("figures");
            foreach (var figure in comparison.Figures)
            {
                WriteFigure(json, figure);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private static void WriteSide(Utf8JsonWriter json, string name, ComparedSide side)
    {
        json.WriteStartObject(name);
        json.WriteString("folder", side.Name);
        json.WriteString("scenario", side.Runs[0].Scenario);
        json.WriteBoolean("live", side.Runs[0].IsLive);
        json.WriteNumber("runs", side.Runs.Length);
        json.WriteNumber("seconds", side.Seconds);
        json.WriteNumber("sent", side.Sent);
        json.WriteEndObject();
    }

    private static void WriteFigure(Utf8JsonWriter json, FigureComparison compared)
    {
        json.WriteStartObject();
        json.WriteString("name", compared.Figure.Name);
        json.WriteString("unit", compared.Figure.Unit);
        WriteNumber(json, "a", compared.A);
        WriteNumber(json, "b", compared.B);
        WriteNumber(json, "difference", compared.Difference);
        WriteNumber(json, "halfWidth99", compared.HalfWidth);
        WriteNumber(json, "margin", compared.Margin);
        json.WriteString("verdict", Name(compared.Verdict));
        if (compared.MoreRequests is { } more)
        {
            json.WriteNumber("moreRequests", more);
        }

        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, Math.Round(value, 6));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string Name(ComparisonVerdict verdict) => JsonNamingPolicy.CamelCase.ConvertName(verdict.ToString());
}
