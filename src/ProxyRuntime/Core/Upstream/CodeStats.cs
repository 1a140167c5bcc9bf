using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>upstream_rq_completed, upstream_rq_&lt;n&gt;xx and upstream_rq_&lt;code&gt; under one prefix. Names appear when first used.</summary>
internal sealed class CodeStats(StatSheet sheet, string prefix)
{
    private readonly Counter?[] codes = new Counter?[600];
    private readonly Counter?[] classes = new Counter?[6];
    private Counter? completed;
    private Counter? unknown;

    public void Charge(int code)
    {
        (completed ??= sheet.Counter(prefix + "upstream_rq_completed")).Increment();
        if (code is < 100 or > 599)
        {
            (unknown ??= sheet.Counter(prefix + "upstream_rq_unknown")).Increment();
            return;
        }

        (classes[code / 100] ??= sheet.Counter(string.Create(CultureInfo.InvariantCulture, $"{prefix}upstream_rq_{code / 100}xx"))).Increment();
        (codes[code] ??= sheet.Counter(string.Create(CultureInfo.InvariantCulture, $"{prefix}upstream_rq_{code}"))).Increment();
    }
}
