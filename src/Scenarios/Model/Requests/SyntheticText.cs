using System.Collections.Immutable;
using Bogus;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>
/// Texts made up by Bogus from its own templates: <c>/users/{{internet.userName}}</c>, <c>{{randomizer.number(1,99)}}</c>. The same seed
/// makes the same text.
/// </summary>
/// <param name="locale">One of <see cref="Locales"/>.</param>
internal sealed class SyntheticText(string locale)
{
    private const string Begin = "{{";
    private const string End = "}}";

    /// <summary>These count from the day they are asked on.</summary>
    private static readonly string[] OfToday = ["DATE.PAST", "DATE.FUTURE", "DATE.RECENT", "DATE.SOON"];

    private readonly Faker faker = new(locale);

    public static ImmutableArray<string> Locales { get; } = [.. Database.GetAllLocales().Order(StringComparer.Ordinal)];

    /// <summary>Whether there is anything to be made up.</summary>
    public static bool IsTemplate(string text) => text.Contains(Begin, StringComparison.Ordinal);

    public string Make(string template, ulong seed)
    {
        if (!IsTemplate(template))
        {
            return template;
        }

        faker.Random = new Randomizer((int)seed);
        return faker.Parse(template);
    }

    /// <summary>What is wrong with a template and what would be accepted; null if nothing is.</summary>
    public string? Problem(string template)
    {
        foreach (var name in Names(template))
        {
            if (name is null)
            {
                return $"'{Begin}' has no '{End}' behind it";
            }

            if (Array.Exists(OfToday, name.StartsWith))
            {
                return $"'{name.ToLowerInvariant()}' depends on the day of the run, so that the same seed would not make the same requests";
            }

            if (!Tokenizer.MustashMethods.Contains(name))
            {
                var known = Tokenizer.MustashMethods.Select(static method => Written(method.Key));
                return $"Bogus has no '{Written(name)}'{NearestWord.Suggest(Written(name), known)}; accepted are its data sets, such as {{{{name.fullName}}}}, {{{{internet.email}}}}, {{{{commerce.product}}}} or {{{{randomizer.number(1,99)}}}}";
            }
        }

        try
        {
            return Make(template, seed: 1) == Make(template, seed: 1) ? null : "it would not be the same with the same seed";
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or System.Reflection.TargetInvocationException)
        {
            return $"Bogus does not accept it: {(e.InnerException ?? e).Message}";
        }
    }

    /// <summary>The methods a template names, in capitals as Bogus keeps them; null for one without an end.</summary>
    private static IEnumerable<string?> Names(string template)
    {
        for (var at = template.IndexOf(Begin, StringComparison.Ordinal); at >= 0; )
        {
            var end = template.IndexOf(End, at, StringComparison.Ordinal);
            if (end < 0)
            {
                yield return null;
                yield break;
            }

            yield return template[(at + Begin.Length)..end].Split('(')[0].Trim().ToUpperInvariant();
            at = template.IndexOf(Begin, end, StringComparison.Ordinal);
        }
    }

    private static string Written(string name) => name.ToLowerInvariant();
}
