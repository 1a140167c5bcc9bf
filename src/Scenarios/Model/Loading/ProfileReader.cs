namespace MeshSim.Scenarios.Model;

/// <summary>Reads how the rate of a load changes: <c>ramp</c>, <c>steps</c>, <c>bursts</c> or <c>diurnal</c>.</summary>
internal static class ProfileReader
{
    private static readonly string[] Kinds = ["ramp", "steps", "bursts", "diurnal", "trace", "users"];

    /// <summary>So many bursts or periods at most.</summary>
    private const double MostRepeats = 100_000;

    /// <param name="rate">The load's rate.</param>
    /// <param name="lengthS">How long the load lasts.</param>
    public static RateProfile? Read(FieldReader load, double rate, double lengthS)
    {
        var given = Kinds.Where(load.Has).ToArray();
        if (given.Length > 1)
        {
            load.Problem(given[1], $"give one of {string.Join(", ", given)}");
        }

        return Ramp(load) ?? Steps(load) ?? Bursts(load, rate, lengthS) ?? Diurnal(load, rate, lengthS);
    }

    private static RateProfile? Ramp(FieldReader load)
    {
        if (load.Object("ramp", "none", "the rate goes from one to another in a straight line and stays there") is not { } fields)
        {
            return null;
        }

        var profile = RateProfile.Ramp(
            fields.Rate("from", "0/s", "the first"),
            fields.Rate("to", about: "the last"),
            fields.DurationNs("over", about: "how long that takes", positive: true) / 1e9
        );
        fields.End();
        return load.IsDescribing ? null : profile;
    }

    private static RateProfile? Steps(FieldReader load)
    {
        var steps = load.Each(
            "steps",
            "a rate from each time on, in the order of time",
            static fields => (fields.DurationNs("at", "0s", "from when on") / 1e9, fields.Rate("rate", about: "arrivals a second"))
        );
        if (steps.Zip(steps.Skip(1)).Any(static pair => pair.Second.Item1 < pair.First.Item1))
        {
            load.Problem("steps", "steps come in the order of time");
            return null;
        }

        return steps.IsEmpty ? null : RateProfile.Steps(steps);
    }

    private static RateProfile? Bursts(FieldReader load, double rate, double lengthS)
    {
        if (load.Object("bursts", "none", "another rate for a while, again and again") is not { } fields)
        {
            return null;
        }

        var every = fields.DurationNs("every", about: "from begin to begin", positive: true) / 1e9;
        var length = fields.DurationNs("for", about: "how long each lasts, below 'every'", positive: true) / 1e9;
        var burst = fields.Rate("rate", about: "arrivals a second meanwhile");
        if (length >= every && every > 0)
        {
            fields.Problem("for", "must be below 'every'");
        }

        fields.End();
        return every <= 0 || !IsBounded(fields, "every", lengthS / every) ? null : RateProfile.Bursts(rate, burst, every, length, lengthS);
    }

    private static RateProfile? Diurnal(FieldReader load, double rate, double lengthS)
    {
        if (load.Object("diurnal", "none", "the rate goes up and down as a sine around 'rate'") is not { } fields)
        {
            return null;
        }

        var period = fields.DurationNs("period", about: "from one top to the next", positive: true) / 1e9;
        var amplitude = fields.Fraction("amplitude", "50%", "how far up and down, of the rate");
        var phase = fields.Fraction("phase", "0", "where in its period it begins: at 25% on top, at 75% at the bottom");
        fields.End();
        return period <= 0 || !IsBounded(fields, "period", lengthS / period) ? null : RateProfile.Sine(rate, amplitude, period, phase, lengthS);
    }

    private static bool IsBounded(FieldReader fields, string name, double repeats)
    {
        if (repeats > MostRepeats)
        {
            fields.Problem(name, $"is too short: at most {MostRepeats} of them fit into a load");
        }

        return repeats <= MostRepeats;
    }
}
