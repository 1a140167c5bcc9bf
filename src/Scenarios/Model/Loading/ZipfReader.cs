namespace MeshSim.Scenarios.Model;

/// <summary>Reads <c>zipf: {header, prefix, keys, s}</c> of a load.</summary>
internal static class ZipfReader
{
    private const int MaxKeys = 1_000_000;
    private const double MaxExponent = 20;

    /// <returns>Null when the load has none.</returns>
    public static ZipfHeader? Read(FieldReader load)
    {
        if (load.Object("zipf", "none", "a request header with one of so many keys, number k with weight 1/(k+1)^s") is not { } fields)
        {
            return null;
        }

        var zipf = new ZipfHeader(
            fields.Text("header", about: "its name"),
            fields.Text("prefix", "", "what stands before the number"),
            fields.RequiredInteger("keys", 1, MaxKeys, "how many"),
            fields.Number("s", 1, min: 0, max: MaxExponent, about: "0 makes all alike")
        );
        if (zipf.Header.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
        {
            fields.Problem("header", $"'{zipf.Header}' is no name of a header; accepted are letters, digits, '-' and '_'");
        }

        fields.End();
        return zipf;
    }
}
