using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>
/// The requests of one kind that made up people send, written out before the run. Each text depends on the seed, the person and the
/// request alone, so that it is the same whatever partition sends it. Immutable.
/// </summary>
public sealed class SyntheticRequests
{
    private readonly People people;
    private readonly Column host;
    private readonly ImmutableArray<(string Name, Column Value)> headers;
    private readonly Column path;
    private readonly Column? body;

    private SyntheticRequests(RequestShape shape, People people, int kind, RandomSource random)
    {
        this.people = people;
        var text = new SyntheticText(people.Locale);
        host = new Column(shape.Host, people.Count, random, "host", text, SyntheticFields.Host);
        headers =
        [
            .. shape.Headers.Select(header =>
                (header.Name, new Column(header.Value, people.Count, random, "header " + header.Name, text, SyntheticFields.Value))
            ),
        ];
        var ofKind = random.DeriveSource("kind", Invariant(kind));
        path = new Column(shape.Path, people.Keys, ofKind, "path", text, SyntheticFields.Path);
        body = shape.Body is { } content ? new Column(content, people.Keys, ofKind, "body", text, static made => made) : null;
    }

    /// <summary>Those of one kind of a load; null where nobody is made up.</summary>
    /// <param name="number">Which load of the scenario.</param>
    /// <param name="kind">Which of <see cref="LoadModel.AllRequests"/>.</param>
    /// <param name="random">The run's.</param>
    public static SyntheticRequests? Of(LoadModel load, int number, int kind, RequestShape shape, RandomSource random) =>
        load.People is { } people ? new SyntheticRequests(shape, people, kind, random.DeriveSource("people", Invariant(number))) : null;

    /// <summary>What that request is, all written out.</summary>
    public RequestShape Shape(RequestShape template, int key)
    {
        var person = people.PersonOf(key);
        return template with
        {
            Host = host.Of(person),
            Headers = [.. headers.Select(header => (header.Name, header.Value.Of(person)))],
            Path = path.Of(key),
            Body = body?.Of(key),
        };
    }

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>One part of the requests: a text for each number, or one for all where there is nothing to make up.</summary>
    private sealed class Column
    {
        private readonly ImmutableArray<string> texts;

        public Column(string template, int count, RandomSource random, string part, SyntheticText text, Func<string, string> shaped) =>
            texts = SyntheticText.IsTemplate(template)
                ? [.. Enumerable.Range(0, count).Select(number => shaped(text.Make(template, random.Derive(part, Invariant(number)).NextUInt64())))]
                : [template];

        public string Of(int number) => texts[texts.Length == 1 ? 0 : number];
    }
}
