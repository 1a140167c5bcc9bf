using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// upstream_rq_completed, upstream_rq_&lt;n&gt;xx, upstream_rq_&lt;code&gt; and upstream_rq_time under one prefix. Names appear when
/// first used; few codes ever do, so they stand in a short list.
/// </summary>
internal sealed class CodeStats(StatSheet sheet, string prefix)
{
    private readonly Counter?[] classes = new Counter?[6];
    private (int Code, Counter Counter)[] codes = [];
    private Counter? completed;
    private Counter? unknown;
    private Histogram? time;

    /// <param name="completedOnly">suppress_grpc_request_failure_code_stats: the code itself is not counted.</param>
    public void Charge(int code, bool completedOnly = false)
    {
        (completed ??= sheet.Counter(prefix + "upstream_rq_completed")).Increment();
        if (completedOnly)
        {
            return;
        }

        if (code is < 100 or > 599)
        {
            (unknown ??= sheet.Counter(prefix + "upstream_rq_unknown")).Increment();
            return;
        }

        (classes[code / 100] ??= sheet.Counter(string.Create(CultureInfo.InvariantCulture, $"{prefix}upstream_rq_{code / 100}xx"))).Increment();
        Of(code).Increment();
    }

    public void RecordTime(long milliseconds) => (time ??= sheet.Histogram(prefix + "upstream_rq_time")).Record(milliseconds);

    private Counter Of(int code)
    {
        foreach (var (known, counter) in codes)
        {
            if (known == code)
            {
                return counter;
            }
        }

        var made = sheet.Counter(string.Create(CultureInfo.InvariantCulture, $"{prefix}upstream_rq_{code}"));
        codes = [.. codes, (code, made)];
        return made;
    }
}
