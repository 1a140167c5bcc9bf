using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MeshSim.Scenarios.Play;

/// <summary>Reads the case files of the conformance harness.</summary>
public static class CaseLoader
{
    private const long Second = 1_000_000_000;
    private const long Millisecond = 1_000_000;

    /// <param name="text">A JSON list of cases.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="CaseFormatException">It is no such list; the message says where.</exception>
    public static ImmutableArray<PlayCase> Load(string text, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                throw new CaseFormatException($"{file}: expected a list of cases, found {document.RootElement.ValueKind}");
            }

            return [.. document.RootElement.EnumerateArray().Select((element, i) => Case(new CaseNode(element, $"{file}: [{i}]")))];
        }
        catch (JsonException e)
        {
            throw new CaseFormatException($"{file}:{e.LineNumber + 1}:{e.BytePositionInLine + 1}: {e.Message}", e);
        }
    }

    private static PlayCase Case(CaseNode node)
    {
        var name = node.Text("name");
        if (name.Length == 0 || name.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')))
        {
            throw new CaseFormatException($"{node.Path}.name: '{name}' is no name of a case; accepted are letters, digits, '_', '-' and '.'");
        }

        var named = node.Named(name);
        return new PlayCase
        {
            Name = name,
            Config = named.Get("config").Element.GetRawText(),
            Validate = named.Bool("validate"),
            Endpoints = [.. named.Fields("endpoints").Select(static entry => Endpoint(entry.Name, entry.Node))],
            Steps = [.. named.Items("steps").Select(Step)],
            Stats = [.. named.Items("stats").Select(static item => item.Text())],
            AccessLog = named.Bool("access_log"),
            Connections = named.Bool("connections"),
            SettleNs = named.Nanoseconds("settle_s", 0, Second),
            LingerNs = named.Nanoseconds("linger_s", 0.3, Second),
            Files = named.Fields("files").ToImmutableSortedDictionary(static entry => entry.Name, static entry => entry.Node.AnyText(), StringComparer.Ordinal),
        };
    }

    private static PlayEndpoint Endpoint(string name, CaseNode node)
    {
        foreach (var field in (ReadOnlySpan<string>)["h2"])
        {
            if (node.Has(field))
            {
                throw new CaseFormatException($"{node.Path}.{field}: endpoints that speak HTTP/2 are not played in virtual time yet");
            }
        }

        return new PlayEndpoint(
            name,
            node.Integer("port"),
            Script(node),
            node.Has("default") ? Action(node.Get("default")) : PlayAction.Plain,
            node.Bool("down"),
            node.Has("tls") ? Tls(node.Get("tls"), "client_ca", null) : null
        );
    }

    private static ImmutableArray<PlayAction> Script(CaseNode node) => [.. node.Items("script").Select(Action)];

    private static PlayAction Action(CaseNode node) =>
        new()
        {
            Status = node.Integer("status", 200),
            Headers = node.Pairs("headers"),
            Body = node.Has("body") ? node.AnyText("body") : null,
            DelayNs = node.Nanoseconds("delay_ms", 0, Millisecond),
            BodyDelayNs = node.Nanoseconds("body_delay_ms", 0, Millisecond),
            Close = node.Has("close") ? node.Text("close") : null,
            Raw = node.Has("raw") ? node.Text("raw") : null,
            Echo = node.Bool("echo"),
            ThenClose = node.Bool("then_close"),
            HealthPath = node.Has("health_path") ? node.Text("health_path") : null,
            Healthy = node.Bool("healthy", true),
        };

    private static PlayStep Step(CaseNode node)
    {
        var kind = node.Text("do");
        switch (kind)
        {
            case "request":
                return new RequestStep(Request(node), Timeout(node), node.Nanoseconds("after_s", 0.05, Second), node.Bool("unordered"));
            case "series":
                return new SeriesStep(Request(node), Timeout(node), node.Integer("n"), node.Nanoseconds("gap_ms", 0, Millisecond), node.Bool("exact"));
            case "burst":
                return new BurstStep(Request(node), Timeout(node), node.Integer("n"), node.Nanoseconds("gap_ms", 0, Millisecond));
            case "raw":
                return new RawStep([.. node.Items("parts").Select(Part)], node.Bool("head"));
            case "admin":
                return new AdminStep(node.Text("method", "GET"), node.Text("path"), node.Has("grep") ? Pattern(node.Get("grep")) : null);
            case "sleep":
                return new SleepStep(node.Nanoseconds("s", 0, Second));
            case "stop":
                return new StopStep(node.Text("endpoint"));
            case "start":
                return new StartStep(node.Text("endpoint"));
            case "script":
                return new ScriptStep(node.Text("endpoint"), Script(node), node.Has("default") ? Action(node.Get("default")) : null);
            case "file":
                return new FileStep(node.Text("name"), node.AnyText("content"));
            default:
                return new OtherStep(kind);
        }
    }

    /// <summary>A pattern of the harness, which may look ahead; one that takes long ends the case.</summary>
    private static Regex Pattern(CaseNode node)
    {
        try
        {
            return new Regex(node.Text(), RegexOptions.None, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException e)
        {
            throw new CaseFormatException($"{node.Path}: {e.Message}", e);
        }
    }

    private static PlayRequest Request(CaseNode node) =>
        new(node.Text("method", "GET"), node.Text("path", "/"), node.Text("host", "svc.local"), node.Pairs("headers"), node.Text("body", ""))
        {
            Tls = node.Has("tls") ? Tls(node.Get("tls"), "ca", "ca") : null,
        };

    private static PlayTls Tls(CaseNode node, string authority, string? usual) =>
        new(
            node.Has("sni") ? node.Text("sni") : null,
            node.Has("cert") ? node.Text("cert") : null,
            node.Has(authority) ? node.Text(authority) : usual,
            [.. node.Items("alpn").Select(static item => item.Text())],
            node.Text("max", "1.3")
        );

    private static long Timeout(CaseNode node) => node.Nanoseconds("timeout", 10, Second);

    private static RawPart Part(CaseNode node) =>
        node.Element.ValueKind == JsonValueKind.String
            ? new RawPart(node.Text(), 1, (long)(0.4 * Second))
            : new RawPart(node.Text("send"), node.Integer("times", 1), node.Nanoseconds("wait_s", 0.4, Second));

    /// <summary>One JSON value and where it stands.</summary>
    private readonly record struct CaseNode(JsonElement Element, string Path)
    {
        public CaseNode Named(string name) => this with { Path = $"{Path} '{name}'" };

        public bool Has(string name) =>
            Element.ValueKind == JsonValueKind.Object && Element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

        public CaseNode Get(string name) =>
            Has(name) ? new CaseNode(Element.GetProperty(name), $"{Path}.{name}") : throw new CaseFormatException($"{Path}: '{name}' is missing");

        public IEnumerable<CaseNode> Items(string name)
        {
            if (!Has(name))
            {
                return [];
            }

            var list = Get(name);
            return list.Element.ValueKind == JsonValueKind.Array
                ? list.Element.EnumerateArray().Select((item, i) => new CaseNode(item, string.Create(CultureInfo.InvariantCulture, $"{list.Path}[{i}]")))
                : throw new CaseFormatException($"{list.Path}: expected a list, found {list.Element.ValueKind}");
        }

        public IEnumerable<(string Name, CaseNode Node)> Fields(string name)
        {
            if (!Has(name))
            {
                return [];
            }

            var node = Get(name);
            return node.Element.ValueKind == JsonValueKind.Object
                ? node.Element.EnumerateObject().Select(field => (field.Name, new CaseNode(field.Value, $"{node.Path}.{field.Name}")))
                : throw new CaseFormatException($"{node.Path}: expected an object, found {node.Element.ValueKind}");
        }

        public string Text() =>
            Element.ValueKind == JsonValueKind.String
                ? Element.GetString()!
                : throw new CaseFormatException($"{Path}: expected a string, found {Element.ValueKind}");

        public string Text(string name) => Get(name).Text();

        public string Text(string name, string fallback) => Has(name) ? Text(name) : fallback;

        /// <summary>A string, or what another value is written as.</summary>
        public string AnyText() => Element.ValueKind == JsonValueKind.String ? Text() : Element.GetRawText();

        public string AnyText(string name) => Get(name).AnyText();

        public bool Bool(string name, bool fallback = false) => Has(name) ? Get(name).Element.ValueKind is JsonValueKind.True : fallback;

        public int Integer(string name) =>
            Get(name) is var node && node.Element.ValueKind == JsonValueKind.Number && node.Element.TryGetInt32(out var value)
                ? value
                : throw new CaseFormatException($"{node.Path}: expected a whole number");

        public int Integer(string name, int fallback) => Has(name) ? Integer(name) : fallback;

        public long Nanoseconds(string name, double fallback, long unitNs)
        {
            if (!Has(name))
            {
                return (long)(fallback * unitNs);
            }

            var node = Get(name);
            return node.Element.ValueKind == JsonValueKind.Number && node.Element.GetDouble() is >= 0 and < 1e6 and var value
                ? (long)Math.Round(value * unitNs)
                : throw new CaseFormatException($"{node.Path}: expected a number from 0 to a million");
        }

        /// <summary>An object, or a list of pairs where a name stands twice.</summary>
        public ImmutableArray<(string Name, string Value)> Pairs(string name)
        {
            if (!Has(name))
            {
                return [];
            }

            var node = Get(name);
            return node.Element.ValueKind == JsonValueKind.Array
                ? [.. node.Element.EnumerateArray().Select(pair => (Part(pair, 0), Part(pair, 1)))]
                : [.. node.Element.EnumerateObject().Select(static field => (field.Name, Shown(field.Value)))];

            string Part(JsonElement pair, int i) =>
                pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2
                    ? Shown(pair[i])
                    : throw new CaseFormatException($"{node.Path}: expected pairs of name and value");
        }

        private static string Shown(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
    }
}

/// <summary>A case file cannot be read; the message says where and why.</summary>
public sealed class CaseFormatException : Exception
{
    public CaseFormatException(string message)
        : base(message) { }

    public CaseFormatException(string message, Exception inner)
        : base(message, inner) { }
}
