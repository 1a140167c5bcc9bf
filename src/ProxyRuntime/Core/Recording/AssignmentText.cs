using System.Collections.Immutable;
using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>An assignment as words of a line and back: its policy, then each weight of a locality, then each endpoint, fields between semicolons.</summary>
internal static class AssignmentText
{
    private const string PolicyWord = "policy";
    private const string WeightWord = "weight";

    public static IEnumerable<string> Words(EndpointAssignment assignment)
    {
        var policy = assignment.Policy;
        yield return Word(
            PolicyWord,
            Text(policy.OverprovisioningFactor),
            policy.WeightedPriorityHealth ? "1" : "0",
            policy.DropOverload.ToString("R", CultureInfo.InvariantCulture),
            Text(assignment.StaleAfterNs)
        );
        foreach (var (priority, locality, weight) in assignment.LocalityWeights)
        {
            yield return Word(WeightWord, [Text(priority), .. Locality(locality), Text(weight)]);
        }

        foreach (var endpoint in assignment.Endpoints)
        {
            var check = endpoint.HealthCheck;
            yield return Word(
                "at",
                [
                    TextCodec.Escape(endpoint.Address),
                    Text(endpoint.Port),
                    TextCodec.Escape(endpoint.Hostname),
                    Text(endpoint.Weight),
                    Text(endpoint.Priority),
                    .. Locality(endpoint.Locality),
                    Text(endpoint.LocalityWeight),
                    $"{endpoint.Health}",
                    TextCodec.Escape(check.Address),
                    Text(check.Port),
                    TextCodec.Escape(check.Hostname),
                    check.IsDisabled ? "1" : "0",
                    TextCodec.Escape(MetadataJson.Write(MetadataValue.Of(endpoint.Metadata.Namespaces))),
                ]
            );
        }
    }

    /// <exception cref="FormatException">It was not written here.</exception>
    public static EndpointAssignment Parse(ReadOnlySpan<string> words)
    {
        var policy = words[0].Split(';');
        var weights = ImmutableArray.CreateBuilder<LocalityWeight>();
        var endpoints = ImmutableArray.CreateBuilder<EndpointSnapshot>();
        foreach (var word in words[1..])
        {
            var fields = word.Split(';');
            if (fields[0] == WeightWord)
            {
                weights.Add(new LocalityWeight((int)Number(fields[1]), Locality(fields.AsSpan(2)), (uint)Number(fields[5])));
            }
            else
            {
                endpoints.Add(Endpoint(fields));
            }
        }

        return new EndpointAssignment
        {
            Endpoints = endpoints.ToImmutable(),
            LocalityWeights = weights.ToImmutable(),
            Policy = new EndpointPolicy
            {
                OverprovisioningFactor = (uint)Number(policy[1]),
                WeightedPriorityHealth = policy[2] == "1",
                DropOverload = float.Parse(policy[3], CultureInfo.InvariantCulture),
            },
            StaleAfterNs = Number(policy[4]),
        };
    }

    private static EndpointSnapshot Endpoint(string[] fields) =>
        new()
        {
            Address = TextCodec.UnescapeText(fields[1]),
            Port = (int)Number(fields[2]),
            Hostname = TextCodec.UnescapeText(fields[3]),
            Weight = (uint)Number(fields[4]),
            Priority = (int)Number(fields[5]),
            Locality = Locality(fields.AsSpan(6)),
            LocalityWeight = (uint)Number(fields[9]),
            Health = Enum.Parse<EdsHealth>(fields[10]),
            HealthCheck = new HostHealthCheckSnapshot
            {
                Address = TextCodec.UnescapeText(fields[11]),
                Port = (int)Number(fields[12]),
                Hostname = TextCodec.UnescapeText(fields[13]),
                IsDisabled = fields[14] == "1",
            },
            Metadata = new MetadataMap(MetadataJson.Parse(TextCodec.Unescape(fields[15])).Fields),
        };

    private static string Word(string name, params string[] fields) => $"{name};{string.Join(';', fields)}";

    private static string[] Locality(LocalitySnapshot locality) =>
        [TextCodec.Escape(locality.Region), TextCodec.Escape(locality.Zone), TextCodec.Escape(locality.SubZone)];

    private static LocalitySnapshot Locality(ReadOnlySpan<string> fields) =>
        new(TextCodec.UnescapeText(fields[0]), TextCodec.UnescapeText(fields[1]), TextCodec.UnescapeText(fields[2]));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
