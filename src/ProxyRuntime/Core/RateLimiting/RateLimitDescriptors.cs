using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The descriptors of one request, each kept as its entries stand in the message to a rate limit service. Reused.</summary>
/// <remarks>Two descriptors are the same if their bytes are, which is how the local limiter finds its buckets.</remarks>
internal sealed class RateLimitDescriptors
{
    private const double MaxHits = 1_000_000_000;
    private const int EntriesField = 1;
    private const int EntryKey = 1;
    private const int EntryValue = 2;

    private static readonly string[] Units = ["UNKNOWN", "SECOND", "MINUTE", "HOUR", "DAY", "MONTH", "YEAR"];

    private readonly ProtoWriter bytes = new();
    private Descriptor[] items = new Descriptor[4];

    public int Count { get; private set; }

    public Descriptor this[int index] => items[index];

    /// <summary>A descriptor of a configuration, to compare with those of requests. An entry with an empty value is a wildcard.</summary>
    public static byte[] BytesOf(IEnumerable<(string Key, string Value)> entries)
    {
        var made = new RateLimitDescriptors();
        foreach (var (key, value) in entries)
        {
            made.AddEntry(key, value);
        }

        return made.bytes.Span.ToArray();
    }

    /// <summary>Reads entry by entry.</summary>
    public static bool TryReadEntry(ref ProtoReader descriptor, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        key = value = default;
        if (!descriptor.Read())
        {
            return false;
        }

        var entry = new ProtoReader(descriptor.Bytes);
        while (entry.Read())
        {
            if (entry.Field == EntryKey)
            {
                key = entry.Bytes;
            }
            else
            {
                value = entry.Bytes;
            }
        }

        return true;
    }

    public void Clear()
    {
        bytes.Clear();
        Count = 0;
    }

    /// <summary>The entries of a descriptor.</summary>
    public ReadOnlySpan<byte> Bytes(int index) => bytes.Span.Slice(items[index].Start, items[index].Length);

    /// <summary>Adds the descriptor of a policy, if it makes one.</summary>
    /// <param name="withHits">The policy is one of a filter's own, where hits_addend counts.</param>
    public void Add(RateLimitPolicy policy, in RateLimitRequest request, bool withHits)
    {
        var start = bytes.Length;
        foreach (var action in policy.Actions)
        {
            if (!action.Append(request, this))
            {
                bytes.Truncate(start);
                return;
            }
        }

        var hits = withHits ? policy.HitsAddend : null;
        if (withHits && policy.HitsAddendFormat is { } format && !TryReadHits(format, request, out hits))
        {
            bytes.Truncate(start);
            return;
        }

        if (Count == items.Length)
        {
            Array.Resize(ref items, 2 * Count);
        }

        items[Count++] = new Descriptor(start, bytes.Length - start, hits, policy.XRateLimit, LimitOf(policy.Limit, request.Info.DynamicMetadata));
    }

    public void AddEntry(string key, ReadOnlySpan<byte> value)
    {
        if (key.Length > 0)
        {
            var entry = bytes.Begin(EntriesField);
            bytes.WriteText(EntryKey, key);
            if (!value.IsEmpty)
            {
                bytes.WriteBytes(EntryValue, value);
            }

            bytes.End(entry);
        }
    }

    public void AddEntry(string key, string value)
    {
        if (key.Length > 0)
        {
            var entry = bytes.Begin(EntriesField);
            bytes.WriteText(EntryKey, key);
            if (value.Length > 0)
            {
                bytes.WriteText(EntryValue, value);
            }

            bytes.End(entry);
        }
    }

    private static bool TryReadHits(SubstitutionFormat format, in RateLimitRequest request, out ulong? hits)
    {
        request.Scratch.Clear();
        format.WriteValue(request.Info, request.Scratch);
        var isNumber = double.TryParse(request.Scratch.Span, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        hits = isNumber && number is >= 0 and <= MaxHits ? (ulong)number : null;
        return hits is not null;
    }

    private static (uint Requests, int Unit)? LimitOf(RateLimitOverride? source, DynamicMetadata metadata)
    {
        if (
            source is null
            || metadata.Get(source.Namespace)?.At(source.Path.AsSpan()) is not { } limit
            || limit.Field("requests_per_unit") is not { Kind: MetadataKind.Number } requests
            || limit.Field("unit") is not { Kind: MetadataKind.Text } unit
        )
        {
            return null;
        }

        // The numbers of type.v3.RateLimitUnit are the places of its names.
        var number = Array.IndexOf(Units, unit.Text);
        return number < 0 ? null : ((uint)Math.Clamp(requests.Number, 0, uint.MaxValue), number);
    }

    /// <param name="Start">Where its bytes begin.</param>
    /// <param name="Hits">hits_addend; null for none.</param>
    /// <param name="Limit">A limit for the service to use, its unit as in type.v3.RateLimitUnit.</param>
    internal readonly record struct Descriptor(int Start, int Length, ulong? Hits, XRateLimitOption XRateLimit, (uint Requests, int Unit)? Limit);
}
