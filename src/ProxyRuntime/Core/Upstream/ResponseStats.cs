namespace MeshSim.ProxyRuntime.Core;

/// <summary>What is charged for a response: its code and the dimensions it is counted under.</summary>
/// <param name="Code">The status.</param>
/// <param name="Internal">The request came from inside (x-envoy-internal).</param>
/// <param name="Canary">The host is a canary, or the response says so.</param>
/// <param name="ToZone">The host's zone; empty if unknown.</param>
/// <param name="CompletedOnly">Only that it completed is counted.</param>
internal readonly record struct ResponseFacts(int Code, bool Internal, bool Canary, string ToZone, bool CompletedOnly);

/// <summary>
/// The statistics of a cluster's responses: under its own name, then again by where the request came from, for canaries, and from zone
/// to zone.
/// </summary>
internal sealed class ResponseStats(StatSheet sheet, string prefix, string fromZone)
{
    private readonly CodeStats all = new(sheet, prefix);
    private readonly CodeStats external = new(sheet, prefix + "external.");
    private readonly CodeStats inside = new(sheet, prefix + "internal.");
    private readonly CodeStats canary = new(sheet, prefix + "canary.");
    private readonly SortedDictionary<string, CodeStats> zones = new(StringComparer.Ordinal);

    public void Charge(in ResponseFacts facts)
    {
        all.Charge(facts.Code, facts.CompletedOnly);
        if (facts.Canary)
        {
            canary.Charge(facts.Code);
        }

        (facts.Internal ? inside : external).Charge(facts.Code);
        Zone(facts.ToZone)?.Charge(facts.Code);
    }

    public void RecordTime(in ResponseFacts facts, long milliseconds)
    {
        all.RecordTime(milliseconds);
        if (facts.Canary)
        {
            canary.RecordTime(milliseconds);
        }

        (facts.Internal ? inside : external).RecordTime(milliseconds);
        Zone(facts.ToZone)?.RecordTime(milliseconds);
    }

    private CodeStats? Zone(string toZone)
    {
        if (fromZone.Length == 0 || toZone.Length == 0)
        {
            return null;
        }

        if (!zones.TryGetValue(toZone, out var stats))
        {
            zones[toZone] = stats = new CodeStats(sheet, $"{prefix}zone.{fromZone}.{toZone}.");
        }

        return stats;
    }
}
