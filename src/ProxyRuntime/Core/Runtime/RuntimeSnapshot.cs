namespace MeshSim.ProxyRuntime.Core;

/// <summary>layered_runtime as one set of values: later layers win. Immutable.</summary>
public sealed class RuntimeSnapshot
{
    public static readonly RuntimeSnapshot Empty = new([]);

    private readonly SortedDictionary<string, RuntimeValue> values = new(StringComparer.Ordinal);

    public RuntimeSnapshot(IEnumerable<KeyValuePair<string, RuntimeValue>> values)
    {
        foreach (var (key, value) in values)
        {
            this.values[key] = value;
        }
    }

    /// <summary>Every entry, sorted by key.</summary>
    public IReadOnlyDictionary<string, RuntimeValue> Values => values;

    /// <summary>A whole number; the default where the key is absent or no such number.</summary>
    public ulong Integer(string key, ulong fallback) => Find(key)?.Integer ?? fallback;

    /// <summary>A truth value; the default where the key is absent or none.</summary>
    public bool Bool(string key, bool fallback) => Find(key)?.Bool ?? fallback;

    /// <summary>
    /// Whether a feature acts for this random number. The runtime may hold a fractional percent or a whole number of percent (above
    /// 100: always); without either the default counts.
    /// </summary>
    public bool FeatureEnabled(string key, FractionalPercent fallback, ulong random)
    {
        var value = Find(key);
        if (value?.Percent is { } percent)
        {
            return percent.Includes(random);
        }

        return value?.Integer is { } whole ? whole > 100 || new FractionalPercent((uint)whole).Includes(random) : fallback.Includes(random);
    }

    private RuntimeValue? Find(string key) => values.Count == 0 || key.Length == 0 ? null : values.GetValueOrDefault(key);
}

/// <summary>core.v3.RuntimeFractionalPercent: a share that the runtime may override.</summary>
/// <param name="Default">default_value.</param>
/// <param name="RuntimeKey">runtime_key; empty for none.</param>
public sealed record RuntimeFraction(FractionalPercent Default, string RuntimeKey = "")
{
    public static readonly RuntimeFraction Never = new(FractionalPercent.Never);
    public static readonly RuntimeFraction Always = new(FractionalPercent.Always);

    public bool Enabled(RuntimeSnapshot runtime, ulong random) => runtime.FeatureEnabled(RuntimeKey, Default, random);
}
