using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads <c>zipf: {header, prefix, keys, s}</c> of a load.</summary>
internal static class ZipfReader
{
    private const int MaxKeys = 1_000_000;
    private const double MaxExponent = 20;

    /// <returns>Null when the load has none.</returns>
    public static ZipfHeader? Read(FieldReader load, List<ConfigProblem> problems)
    {
        if (load.Node("zipf") is not { } node)
        {
            return null;
        }

        var fields = new FieldReader(node, load.At("zipf"), problems);
        var zipf = new ZipfHeader(
            fields.Text("header"),
            fields.Text("prefix", ""),
            fields.Integer("keys", 1, 1, MaxKeys),
            fields.Number("s", 1, min: 0, max: MaxExponent)
        );
        if (fields.Node("keys") is null)
        {
            fields.Problem("keys", "this field is required");
        }

        if (zipf.Header.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
        {
            fields.Problem("header", $"'{zipf.Header}' is no name of a header; accepted are letters, digits, '-' and '_'");
        }

        fields.End();
        return zipf;
    }
}
