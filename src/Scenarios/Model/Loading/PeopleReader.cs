using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads <c>people: {count, s, requests, locale}</c> of a load, and the templates that are made up for them.</summary>
internal static class PeopleReader
{
    private const double MaxExponent = 20;

    /// <param name="load">What has been read of the load.</param>
    /// <returns>Null when the load has none.</returns>
    public static People? Read(FieldReader outer, LoadModel load)
    {
        const string about =
            "who asks, made up before the run: texts with {{…}} in path and body are made up for each request, in host and headers for each of them, by Bogus: {{internet.userName}}, {{commerce.product}}, {{randomizer.number(1,99)}}";
        People? people = null;
        if (outer.Object("people", "none", about) is { } fields)
        {
            people = new People(
                fields.RequiredInteger("count", 1, People.MaxRequests, "how many there are"),
                fields.Number("s", 1, min: 0, max: MaxExponent, about: "some come more often: number k with weight 1/(k+1)^s; 0 makes all alike"),
                fields.Integer("requests", 1, 1, People.MaxRequests, "different requests of each of them, equally often"),
                fields.Word("locale", SyntheticText.Locales, "en", "whose names, words and addresses")
            );
            Check(outer, fields, people, load);
            fields.End();
        }

        CheckTemplates(outer, people);
        return people;
    }

    /// <summary>Templates are such as Bogus knows, and there is somebody they are made up for.</summary>
    public static void CheckTemplates(FieldReader fields, People? people)
    {
        if (fields.IsDescribing)
        {
            return;
        }

        var text = new SyntheticText(people?.Locale ?? "en");
        foreach (var name in (string[])["path", "host", "body"])
        {
            Check(fields, text, people, (fields.Node(name) as ConfigScalar)?.Text ?? "", fields.PlaceOf(name), fields.At(name));
        }

        foreach (var header in (fields.Node("headers") as ConfigMapping)?.Entries ?? [])
        {
            Check(fields, text, people, (header.Value as ConfigScalar)?.Text ?? "", header.Value.Place, $"{fields.At("headers")}.{header.Key}");
        }
    }

    private static void Check(FieldReader fields, SyntheticText text, People? people, string template, ConfigPlace place, string path)
    {
        if (!SyntheticText.IsTemplate(template))
        {
            return;
        }

        if (people is null)
        {
            fields.Problem(place, path, "'{{' begins a text that is made up for 'people', and there are none: give people: {count: 100}");
        }
        else if (text.Problem(template) is { } problem)
        {
            fields.Problem(place, path, problem);
        }
    }

    private static void Check(FieldReader outer, FieldReader fields, People people, LoadModel load)
    {
        if ((long)people.Count * people.Requests > People.MaxRequests)
        {
            fields.Problem("requests", $"{people.Count} people with {people.Requests} requests each are more than {People.MaxRequests} requests");
        }

        if (load.Zipf is not null)
        {
            outer.Problem("zipf", "'people' have headers of their own, and 's' says who comes how often: give one of both");
        }
    }
}
