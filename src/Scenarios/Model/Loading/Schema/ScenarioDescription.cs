namespace MeshSim.Scenarios.Model;

/// <summary>The fields of scenario files, as the loader asks for them.</summary>
internal static class ScenarioDescription
{
    /// <summary>All of a file.</summary>
    public static FieldSheet File()
    {
        var sheet = new FieldSheet();
        var fields = new FieldReader(sheet);
        _ = fields.Texts("include", "files whose parts are taken in; what this file says goes first, lists are joined");
        _ = fields.Entries("vars", about: "values by name, which stand wherever a value has ${name}; $${ stands for ${");
        if (
            fields.Object(
                "mesh",
                "none",
                "a short form: services that call each other, with policies, from which sidecars, a gateway and their Envoy configuration are made"
            ) is
            { } mesh
        )
        {
            _ = MeshExpansion.Read(mesh);
        }

        _ = ScenarioLoader.Read(fields, new ReadingContext(static _ => null));
        return sheet;
    }

    /// <summary>What stands in many places: times.</summary>
    public static FieldSheet Time()
    {
        var sheet = new FieldSheet();
        _ = TimeReader.ReadObject(new FieldReader(sheet), new ReadingContext(static _ => null));
        return sheet;
    }
}
