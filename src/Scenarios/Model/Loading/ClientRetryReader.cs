using System.Collections.Immutable;
using System.Globalization;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads <c>retries</c> of a load.</summary>
internal static class ClientRetryReader
{
    public static ClientRetry? Read(FieldReader load)
    {
        if (load.Object("retries", "none", "clients themselves try again") is not { } fields)
        {
            return null;
        }

        var retry = new ClientRetry(
            fields.RequiredInteger("attempts", 1, 1000, "how often they ask in all"),
            Statuses(fields),
            fields.DurationNs("base", "100ms", "the first wait, which doubles each time"),
            fields.DurationNs("max", "10s", "no wait is longer"),
            Enum.Parse<RetryJitter>(
                fields.Word(
                    "jitter",
                    ["none", "full", "equal", "decorrelated"],
                    "full",
                    "the whole wait, between nothing and the whole, between half and the whole, or between the base and three times the wait before"
                ),
                ignoreCase: true
            )
        );
        fields.End();
        return retry;
    }

    /// <summary>Numbers, <c>5xx</c>, and <c>none</c> for no answer.</summary>
    private static ImmutableSortedSet<int> Statuses(FieldReader fields)
    {
        var given = fields.Texts("statuses", "after what: statuses, 5xx, none for no answer; 5xx and none where nothing is said");
        var statuses = ImmutableSortedSet.CreateBuilder<int>();
        foreach (var text in given.IsEmpty ? ["5xx", "none"] : given)
        {
            if (text == "none")
            {
                _ = statuses.Add(0);
            }
            else if (text is ['1' or '2' or '3' or '4' or '5', 'x', 'x'])
            {
                statuses.UnionWith(Enumerable.Range(100 * (text[0] - '0'), 100));
            }
            else if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599)
            {
                _ = statuses.Add(status);
            }
            else
            {
                fields.Problem("statuses", $"'{text}' is not accepted; accepted are statuses, 5xx and none");
            }
        }

        return statuses.ToImmutable();
    }
}
