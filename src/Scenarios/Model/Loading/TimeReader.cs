using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads times: <c>20ms</c>, <c>{lognormal: 20ms, sigma: 0.5}</c>, <c>{quantiles: {p50: 12ms, p99: 180ms}}</c>.</summary>
internal static class TimeReader
{
    /// <summary>What a time is called where it is described.</summary>
    public const string Name = "time";

    private const string OneOf = "one of these";

    private static readonly string[] Kinds =
    [
        "constant",
        "exponential",
        "lognormal",
        "pareto",
        "weibull",
        "gamma",
        "erlang",
        "uniform",
        "bimodal",
        "empirical",
        "quantiles",
        "histogram",
    ];

    /// <param name="fallback">What it is where nothing is said; null for a field that is required.</param>
    public static TimeModel Read(FieldReader outer, string name, TimeModel? fallback, string about, ReadingContext context)
    {
        if (outer.Node(name) is ConfigScalar { Scalar: not ScalarKind.Null })
        {
            return new ServiceTime(ServiceTimeShape.Constant, outer.DurationNs(name));
        }

        if (outer.Object(name, fallback is null ? null : Text(fallback), about, takesValue: true, shared: Name) is not { } fields)
        {
            if (fallback is null)
            {
                outer.Problem(name, $"this field is required, for example {name}: {{exponential: 20ms}}");
            }

            return fallback ?? TimeModel.None;
        }

        var model = ReadObject(fields, context);
        fields.End();
        return model;
    }

    /// <summary>The object that says a time.</summary>
    public static TimeModel ReadObject(FieldReader fields, ReadingContext context)
    {
        if (fields.IsDescribing)
        {
            foreach (var kind in Kinds)
            {
                _ = ReadKind(fields, kind, context);
            }

            return TimeModel.None;
        }

        var given = Kinds.Where(fields.Has).ToArray();
        if (given is [var one])
        {
            return ReadKind(fields, one, context);
        }

        fields.Problem(fields.Place, fields.Path, $"give one of {string.Join(", ", Kinds)}");
        return TimeModel.None;
    }

    private static TimeModel ReadKind(FieldReader fields, string kind, ReadingContext context) =>
        kind switch
        {
            "constant" => new ServiceTime(ServiceTimeShape.Constant, Mean(fields, kind, "always so long")),
            "exponential" => new ServiceTime(ServiceTimeShape.Exponential, Mean(fields, kind, "exponential with this mean")),
            "lognormal" => new ServiceTime(
                ServiceTimeShape.Lognormal,
                Mean(fields, kind, "lognormal with this mean"),
                fields.Number("sigma", 1, min: 0, max: 5, about: "of lognormal: standard deviation of the logarithm")
            ),
            "pareto" => new ParetoTime(
                Mean(fields, kind, "Pareto with this mean"),
                fields.Number("alpha", 2.5, above: 1, max: 100, about: "of pareto: P(T > t) falls with this power of t; up to 2 the variance is infinite")
            ),
            "weibull" => new WeibullTime(
                Mean(fields, kind, "Weibull with this mean"),
                fields.Number("shape", 2, min: 0.1, max: 100, about: "of weibull and gamma: 1 is exponential, below has a heavier tail, above is more regular")
            ),
            "gamma" => new GammaTime(Mean(fields, kind, "gamma with this mean"), fields.Number("shape", 2, min: 0.1, max: 100)),
            "erlang" => new GammaTime(
                Mean(fields, kind, "the sum of k exponential times, with this mean"),
                fields.Integer("k", 2, 1, 1000, "of erlang: how many")
            ),
            "uniform" => Uniform(fields),
            "bimodal" => Bimodal(fields, context),
            "empirical" => MeasuredTimeReader.Empirical(fields, context),
            "quantiles" => MeasuredTimeReader.Quantiles(fields),
            _ => MeasuredTimeReader.Histogram(fields, context),
        };

    private static long Mean(FieldReader fields, string kind, string about) => fields.OptionalDurationNs(kind, OneOf, about) ?? 0;

    private static TimeModel Uniform(FieldReader outer)
    {
        if (outer.Object("uniform", OneOf, "every time between two as likely") is not { } fields)
        {
            return TimeModel.None;
        }

        var from = fields.DurationNs("from", "0s", "the least");
        var to = fields.DurationNs("to", about: "the most");
        if (to < from)
        {
            fields.Problem("to", "must not be below 'from'");
        }

        fields.End();
        return new UniformTime(from, to);
    }

    private static TimeModel Bimodal(FieldReader outer, ReadingContext context)
    {
        if (outer.Object("bimodal", OneOf, "two kinds of requests, most of them fast") is not { } fields)
        {
            return TimeModel.None;
        }

        var model = new BimodalTime(
            Read(fields, "fast", null, "of most", context),
            Read(fields, "slow", null, "of the others", context),
            fields.Fraction("slow_share", about: "how many are slow")
        );
        fields.End();
        return model;
    }

    private static string Text(TimeModel model) =>
        model is ServiceTime { Shape: ServiceTimeShape.Constant } constant ? Units.Duration(constant.MeanNs) : model.ToText();
}
