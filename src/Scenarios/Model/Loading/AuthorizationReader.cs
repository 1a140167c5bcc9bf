namespace MeshSim.Scenarios.Model;

/// <summary>Reads <c>ext_authz: {deny: […], headers: {…}}</c> of a service.</summary>
internal static class AuthorizationReader
{
    /// <returns>Null where the service has none.</returns>
    public static AuthorizationService? Read(FieldReader service)
    {
        if (service.Object("ext_authz", "none", "it is an ext_authz service, asked by gRPC or HTTP") is not { } fields)
        {
            return null;
        }

        var built = new AuthorizationService(
            fields.Each("deny", "what is denied; the first that fits counts, the rest is allowed", Rule),
            LoadReader.Headers(fields)
        );
        fields.End();
        return built;
    }

    private static DenyRule Rule(FieldReader fields)
    {
        var header = fields.Text("header", "", "a header that is looked at: it has one of 'values', or is not there at all where none are given");
        var rule = new DenyRule(
            fields.Text("path_prefix", "", "the path begins so"),
            fields.Text("method", "", "the request's"),
            header.ToLowerInvariant(),
            fields.Texts("values", "of the header"),
            fields.Fraction("share", "100%", "of the requests that fit"),
            fields.Integer("status", 403, 400, 599, "of the denial"),
            fields.Text("body", "", "of the denial")
        );
        if (rule.Header.Length == 0 && !rule.Values.IsEmpty)
        {
            fields.Problem("values", "only a 'header' has values");
        }

        return rule;
    }
}
