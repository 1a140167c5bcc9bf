using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads configurations of envoyproxy/ratelimit: a domain with its descriptors.</summary>
internal static class RateLimitReader
{
    /// <returns>Null where the service has none.</returns>
    public static RateLimitService? Read(FieldReader service, ReadingContext context)
    {
        const string about =
            "it is a rate limit service: a file with a domain and its descriptors as envoyproxy/ratelimit has them, or several, or the same as an object";
        var node = service.Node("rate_limits", FieldKind.Any, "none", about);
        if (node is null)
        {
            return null;
        }

        var domains = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<RateLimitNode>>(StringComparer.Ordinal);
        foreach (var item in node is ConfigSequence list ? list.Items : [node])
        {
            if (Root(service, item, context) is not { } root)
            {
                continue;
            }

            var fields = new FieldReader(root, item is ConfigScalar ? "" : service.At("rate_limits"), context.Problems);
            var domain = fields.Text("domain");
            var nodes = fields.Each("descriptors", "", Node);
            fields.End();
            if (!domains.TryAdd(domain, nodes))
            {
                service.Problem(root.Place, "domain", $"the domain '{domain}' is there already");
            }
        }

        return new RateLimitService(domains.ToImmutable());
    }

    private static ConfigNode? Root(FieldReader service, ConfigNode item, ReadingContext context)
    {
        if (item is not ConfigScalar file)
        {
            return item;
        }

        if (context.ReadFile(file.Text) is not { } text)
        {
            service.Problem(item.Place, service.At("rate_limits"), $"cannot read '{file.Text}'");
            return null;
        }

        if (DocumentReader.Read(text, file.Text, out var problem) is { } root)
        {
            return root;
        }

        context.Problems.Add(problem!);
        return null;
    }

    private static RateLimitNode Node(FieldReader fields)
    {
        var value = fields.Text("value", "");
        var node = new RateLimitNode(
            fields.Text("key"),
            value.Length == 0 ? null : value,
            Limit(fields),
            fields.Flag("shadow_mode"),
            fields.Each("descriptors", "", Node)
        );
        _ = fields.Flag("detailed_metric"); // Of the service's own statistics, which are not simulated.
        if (fields.Has("replaces"))
        {
            fields.Problem("replaces", "limits that replace others are not supported");
        }

        return node;
    }

    private static RateLimitRule? Limit(FieldReader outer)
    {
        if (outer.Object("rate_limit", "", "") is not { } fields)
        {
            return null;
        }

        var name = fields.Text("name", "");
        var unlimited = fields.Flag("unlimited");
        if (unlimited)
        {
            fields.End();
            return new RateLimitRule(1, uint.MaxValue, name);
        }

        var unit = fields.Text("unit").ToLowerInvariant();
        var number = RateLimitRule.Units.IndexOf(unit);
        if (number <= 0 && unit.Length > 0)
        {
            var known = RateLimitRule.Units.Skip(1).ToArray();
            fields.Problem("unit", $"'{unit}' is not accepted{NearestWord.Suggest(unit, known)}; accepted: {string.Join(", ", known)}");
        }

        var rule = new RateLimitRule(Math.Max(1, number), (uint)fields.RequiredInteger("requests_per_unit", 0, int.MaxValue), name);
        fields.End();
        return rule;
    }
}
