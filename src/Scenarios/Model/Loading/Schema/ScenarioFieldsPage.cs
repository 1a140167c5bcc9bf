using System.Globalization;
using System.Text;

namespace MeshSim.Scenarios.Model;

/// <summary>The tables of all fields for the page about scenarios, made from what the loader asks for.</summary>
public static class ScenarioFieldsPage
{
    public static string Markdown()
    {
        var text = new StringBuilder();
        Table(text, "", ScenarioDescription.File(), 0);
        _ = text.Append("\n### A time\n\nA duration (`20ms`), or an object with one of the kinds:\n\n");
        Table(text, "", ScenarioDescription.Time(), 0);
        return text.ToString();
    }

    /// <summary>The fields of one object, then those of the objects in it.</summary>
    private static void Table(StringBuilder text, string path, FieldSheet sheet, int depth)
    {
        if (path.Length > 0)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"\n### `{path}`\n\n");
        }

        _ = text.Append("| field | value | default | |\n|---|---|---|---|\n");
        foreach (var field in sheet.Fields)
        {
            _ = text.Append(
                CultureInfo.InvariantCulture,
                $"| `{field.Name}` | {Value(field)} | {(field.Default is null ? "**required**" : Escape(field.Default))} | {Escape(field.About)} |\n"
            );
        }

        foreach (var field in sheet.Fields.Where(static field => field is { Inner: { Fields.Count: > 0 }, Shared: null }))
        {
            var list = field.Kind == FieldKind.ObjectList ? "[]" : "";
            Table(text, path.Length == 0 ? field.Name + list : $"{path}.{field.Name}{list}", field.Inner!, depth + 1);
        }
    }

    private static string Value(FieldDescription field) =>
        field.Kind switch
        {
            FieldKind.Text => "text",
            FieldKind.Integer => Range("whole number", field),
            FieldKind.Number => Range("number", field),
            FieldKind.Flag => "true, false",
            FieldKind.Duration => "duration",
            FieldKind.Rate => "rate, `30/s` or `30/m`",
            FieldKind.Share => "share, `5%` or `0.05`",
            FieldKind.Bandwidth => "`100Mbit/s`, `1Gbit/s`",
            FieldKind.Word => string.Join(", ", field.Words.Select(static word => $"`{word}`")),
            FieldKind.Object when field.Shared is not null => "[a time](#a-time)",
            FieldKind.Object => field.TakesValue ? "a name, or an object" : "object",
            FieldKind.ObjectList => "list of objects",
            FieldKind.ValueList => "list",
            FieldKind.Map => "object",
            _ => "see there",
        };

    private static string Range(string kind, FieldDescription field) =>
        (field.Least, field.Most) switch
        {
            ({ } least, { } most) when most < int.MaxValue => string.Create(CultureInfo.InvariantCulture, $"{kind}, {least} to {most}"),
            ({ } least, _) => string.Create(CultureInfo.InvariantCulture, $"{kind} from {least}"),
            _ => kind,
        };

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
