using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>
/// Reads <c>trace</c> of a load: a file with a request a line, its time since the begin of the load and maybe what is asked for:
/// <c>12.5 GET /cart?id=7 shop.example 120</c>. A dash, or nothing, means as the load says.
/// </summary>
internal static class TraceReader
{
    private const string Accepted =
        "accepted is TIME [METHOD PATH HOST [BODY_BYTES]]: a time since the begin such as 12.5 or 12500ms, and for '-' what the load says";

    private const int MaxRequests = 5_000_000;

    /// <returns>The load with its trace and the kinds of requests in it; as it was where there is none.</returns>
    public static LoadModel Read(FieldReader fields, LoadModel load, ReadingContext context)
    {
        var file = fields.Text(
            "trace",
            "",
            "a file with a request a line: its time, as a duration or in seconds, and, if it is known, method, path, host and body bytes"
        );
        var factor = fields.Number(
            "trace_factor",
            1,
            min: 0,
            max: 1000,
            about: "how many times the requests of the trace: 0.5 leaves out half, 2 has all twice"
        );
        var spread = fields.DurationNs("trace_spread", "1s", "what comes again comes up to so much earlier or later than the first");
        if (file.Length == 0)
        {
            foreach (var name in (string[])["trace_factor", "trace_spread"])
            {
                if (fields.Has(name))
                {
                    fields.Problem(name, "only a 'trace' has it");
                }
            }

            return load;
        }

        if (context.ReadFile(file) is not { } text)
        {
            fields.Problem("trace", $"cannot read '{file}'");
            return load;
        }

        var lines = new Lines(load, file, context.Problems);
        return lines.Read(text) is not { } requests ? load
            : lines.HasKinds && !load.Requests.IsEmpty ? Both(fields, load)
            : load with
            {
                Requests = lines.HasKinds ? lines.Kinds : load.Requests,
                Trace = new LoadTrace([.. requests.OrderBy(static request => request.TimeNs)], factor, spread),
            };
    }

    private static LoadModel Both(FieldReader fields, LoadModel load)
    {
        fields.Problem("requests", "the trace says what is asked for: give one of both");
        return load;
    }

    /// <summary>The lines of one file, and the kinds of requests in them.</summary>
    private sealed class Lines(LoadModel load, string file, List<ConfigProblem> problems)
    {
        private readonly Dictionary<(string Method, string Path, string Host, int BodyBytes), int> kinds = [];
        private readonly List<RequestShape> shapes = [];

        public bool HasKinds => shapes.Count > 0;

        public ImmutableArray<RequestShape> Kinds => [.. shapes];

        public List<TracedRequest>? Read(string text)
        {
            var requests = new List<TracedRequest>();
            var number = 0;
            foreach (var line in text.AsSpan().EnumerateLines())
            {
                number++;
                var trimmed = line.Trim();
                if (trimmed.IsEmpty || trimmed[0] == '#')
                {
                    continue;
                }

                if (requests.Count == MaxRequests || Request(trimmed.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries)) is not { } request)
                {
                    var message = requests.Count == MaxRequests ? $"more than {MaxRequests} requests" : $"'{trimmed}' is not accepted; {Accepted}";
                    problems.Add(new ConfigProblem(file, number, 1 + line.IndexOf(trimmed[0]), "", message));
                    return null;
                }

                requests.Add(request);
            }

            // Where some lines say what is asked for, the others ask for what the load says.
            return HasKinds ? [.. requests.Select(request => request with { Kind = request.Kind ?? KindOf("-", "-", "-", load.BodyBytes) })] : requests;
        }

        private TracedRequest? Request(string[] words)
        {
            var bodyBytes = load.BodyBytes;
            if (
                words.Length is not (1 or 4 or 5)
                || Time(words[0]) is not { } time
                || (words.Length == 5 && words[4] != "-" && !int.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out bodyBytes))
            )
            {
                return null;
            }

            return words.Length == 1 ? new TracedRequest(time, null) : new TracedRequest(time, KindOf(words[1], words[2], words[3], bodyBytes));
        }

        private static long? Time(string word) =>
            Units.DurationNs(double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? word + "s" : word);

        private int KindOf(string method, string path, string host, int bodyBytes)
        {
            if (!kinds.TryGetValue((method, path, host, bodyBytes), out var kind))
            {
                kinds[(method, path, host, bodyBytes)] = kind = shapes.Count;
                var body = bodyBytes == load.BodyBytes ? load.Body : null;
                shapes.Add(new RequestShape(1, Or(method, load.Method), Or(path, load.Path), Or(host, load.Host), load.Headers, bodyBytes, body));
            }

            return kind;
        }

        private static string Or(string word, string fallback) => word == "-" ? fallback : word;
    }
}
