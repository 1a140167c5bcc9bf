namespace MeshSim.Scenarios.Model;

/// <summary>Reads how a fault comes again: <c>every</c> with <c>jitter</c>, or as a random process with <c>mtbf</c> and <c>mttr</c>.</summary>
internal static class RecurrenceReader
{
    private const long LeastNs = 1_000_000;

    /// <param name="untilNs">When it is over; of a fault that comes again when the last is.</param>
    public static Recurrence? Read(FieldReader fields, long durationNs, ref long untilNs)
    {
        var every = fields.OptionalDurationNs("every", "once", "comes again after so long, from begin to begin; 1 ms or more");
        var jitter = fields.DurationNs("jitter", "0s", "with 'every': each begins up to so much later");
        var mtbf = fields.OptionalDurationNs("mtbf", "none", "a random process instead: mean time between an end and the next begin; 1 ms or more");
        var mttr = fields.OptionalDurationNs("mttr", "none", "of the random process: mean time until it is over");
        var end = fields.OptionalDurationNs("until", "the end of the run", "with 'every' or 'mtbf': when no more come");
        if (fields.IsDescribing || (every is null && mtbf is null))
        {
            foreach (var name in (string[])["jitter", "mttr", "until"])
            {
                if (fields.Has(name))
                {
                    fields.Problem(name, "only with 'every' or 'mtbf'");
                }
            }

            return null;
        }

        if (
            (every is not null && mtbf is not null)
            || (mtbf is null) != (mttr is null)
            || (every is not null && !fields.Has("for"))
            || (mtbf is not null && fields.Has("for"))
        )
        {
            fields.Problem(fields.Place, fields.Path, "give 'every' with 'for', or 'mtbf' with 'mttr'");
            return null;
        }

        if ((every ?? mtbf) < LeastNs)
        {
            fields.Problem(every is null ? "mtbf" : "every", "must be 1ms or more");
            return null;
        }

        var repeat = new Recurrence(every ?? mtbf!.Value, jitter, mttr ?? fields.DurationNs("for"), mtbf is not null);
        untilNs = end ?? durationNs;
        return repeat;
    }
}
