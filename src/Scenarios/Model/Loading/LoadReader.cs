using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads one load of a scenario.</summary>
internal static class LoadReader
{
    private static readonly string[] SimulatedOnly = ["users", "think_time", "retries", "patience"];

    public static LoadModel Read(FieldReader fields, long durationNs, ReadingContext context)
    {
        var to = fields.Text("to", about: "the proxy it goes to; its replicas are taken in turn");
        var listener = fields.Text("listener", "", "of the proxy: its name or its port; the first where nothing is said");
        var from = fields.DurationNs("from", "0s", "when it begins; what changes in it counts from there");
        var until = fields.OptionalDurationNs("until", "the end of the run", "when it ends") ?? durationNs;
        var needsRate = !fields.Has("ramp") && !fields.Has("steps") && !fields.Has("trace") && !fields.Has("users");
        var rate = fields.Rate("rate", needsRate && !fields.IsDescribing ? null : "0/s", "mean arrivals a second; needed without users, ramp, steps and trace");
        var method = fields.Text("method", "GET", "of its requests");
        var path = fields.Text("path", "/", "of its requests");
        var host = fields.Text("host", "svc.local", "of its requests");
        var load = new LoadModel(
            to,
            rate,
            from,
            until,
            method,
            path,
            host,
            fields.DurationNs("timeout", "20s", "the client gives up an attempt after this", positive: true)
        )
        {
            IsRegular = fields.Word("arrivals", ["poisson", "uniform"], "poisson", "each independent of the others, or equally far apart") == "uniform",
            Profile = ProfileReader.Read(fields, rate, Math.Max(0, Math.Min(until, durationNs) - from) / 1e9),
            Listener = listener.Length == 0 ? null : listener,
            ClosedLoop = ClosedLoop(fields, context),
            Retry = ClientRetryReader.Read(fields),
            Patience =
                fields.Has("patience") || fields.IsDescribing
                    ? TimeReader.Read(
                        fields,
                        "patience",
                        TimeModel.None,
                        "how long a user waits in all, over all attempts; without end where it is not given",
                        context
                    )
                    : null,
            Zone = ProxyReader.Zones(fields, context).FirstOrDefault(),
            BodyBytes = fields.Integer("body_bytes", 0, 0, int.MaxValue, "of its requests"),
            Headers = Headers(fields),
            Body = Body(fields),
            Zipf = ZipfReader.Read(fields),
        };
        load = load with { People = PeopleReader.Read(fields, load) };
        foreach (var name in SimulatedOnly)
        {
            context.SimulatedOnly(fields, name);
        }

        var shapes = fields.Each("requests", "kinds of requests, instead of the one above, each as often as its weight says", inner => Shape(inner, load));
        return TraceReader.Read(fields, load with { Requests = shapes }, context);
    }

    private static RequestShape Shape(FieldReader fields, LoadModel load)
    {
        var shape = new RequestShape(
            fields.Number("weight", 1, above: 0, max: 1e9, about: "how often, compared with the others"),
            fields.Text("method", load.Method, "of the request"),
            fields.Text("path", load.Path, "of the request"),
            fields.Text("host", load.Host, "of the request"),
            [.. load.Headers, .. Headers(fields)],
            fields.Integer("body_bytes", load.BodyBytes, 0, int.MaxValue, "of the request"),
            Body(fields) ?? (fields.Has("body_bytes") ? null : load.Body)
        );
        PeopleReader.CheckTemplates(fields, load.People);
        return shape;
    }

    private static string? Body(FieldReader fields)
    {
        var body = fields.Text("body", "", "of the request, as text; instead of body_bytes");
        if (body.Length > 0 && fields.Has("body_bytes"))
        {
            fields.Problem("body_bytes", "the text in 'body' says how long it is: give one of both");
        }

        return body.Length == 0 ? null : body;
    }

    /// <summary>Names of headers with their values.</summary>
    internal static ImmutableArray<(string Name, string Value)> Headers(FieldReader fields)
    {
        var headers = ImmutableArray.CreateBuilder<(string Name, string Value)>();
        foreach (var entry in fields.Entries("headers", about: "header names with their values"))
        {
            if (entry.Value is ConfigScalar value && entry.Key.Length > 0 && entry.Key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            {
                headers.Add((entry.Key.ToLowerInvariant(), value.Text));
            }
            else
            {
                fields.Problem(
                    entry.KeyPlace,
                    $"{fields.At("headers")}.{entry.Key}",
                    "accepted are names of letters, digits, '-' and '_', each with a single value"
                );
            }
        }

        return headers.ToImmutable();
    }

    private static ClosedLoop? ClosedLoop(FieldReader fields, ReadingContext context)
    {
        var users = fields.OptionalInteger(
            "users",
            1,
            1_000_000,
            "none",
            "a closed loop: so many users, each of whom waits for the answer, thinks, and asks again"
        );
        var think = TimeReader.Read(fields, "think_time", TimeModel.None, "of users, between an answer and the next request", context);
        if (users is null && fields.Has("think_time"))
        {
            fields.Problem("think_time", "only 'users' think");
        }

        if (users is not null && fields.Has("rate"))
        {
            fields.Problem("rate", "users ask when they have their answer: give 'rate' or 'users'");
        }

        return users is { } count ? new ClosedLoop(count, think) : null;
    }
}
