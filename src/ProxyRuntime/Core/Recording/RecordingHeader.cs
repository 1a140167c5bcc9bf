using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a recording says of the proxy it was made of, at its head.</summary>
/// <param name="Seed">Seed of the proxy's randomness.</param>
/// <param name="EpochUnixNs">Wall time at the zero of its clock.</param>
/// <param name="Concurrency">How many workers it had.</param>
/// <param name="LocalAddress">The IP address of its machine, see <see cref="ProxySnapshot.LocalAddress"/>.</param>
/// <param name="Configuration">The bootstrap as given.</param>
public sealed record RecordingHeader(ulong Seed, long EpochUnixNs, int Concurrency, string LocalAddress, string Configuration)
{
    /// <summary>How connections of listeners that are gone were ended.</summary>
    public DrainSnapshot Drain { get; init; } = DrainSnapshot.Default;

    private const string Immediate = "immediate";
    private const string Gradual = "gradual";
    private const string Magic = "# meshsim recording 3";

    public IEnumerable<string> Lines =>
        [
            Magic,
            string.Create(CultureInfo.InvariantCulture, $"# seed {Seed}"),
            string.Create(CultureInfo.InvariantCulture, $"# epoch {EpochUnixNs}"),
            string.Create(CultureInfo.InvariantCulture, $"# concurrency {Concurrency}"),
            $"# address {LocalAddress}",
            string.Create(CultureInfo.InvariantCulture, $"# drain {Drain.TimeNs} {(Drain.IsImmediate ? Immediate : Gradual)}"),
            $"# configuration {TextCodec.Escape(Configuration)}",
        ];

    /// <summary>Reads the head of a recording.</summary>
    /// <exception cref="FormatException">The lines are no recording.</exception>
    public static RecordingHeader Parse(IEnumerable<string> lines)
    {
        var head = lines.Take(7).ToArray();
        if (head.Length < 7 || head[0] != Magic)
        {
            throw new FormatException($"A recording begins with '{Magic}'.");
        }

        string Value(int line, string key) =>
            head[line].StartsWith($"# {key} ", StringComparison.Ordinal)
                ? head[line][(key.Length + 3)..]
                : throw new FormatException($"Line {line + 1} should give '{key}'.");
        return new RecordingHeader(
            ulong.Parse(Value(1, "seed"), CultureInfo.InvariantCulture),
            long.Parse(Value(2, "epoch"), CultureInfo.InvariantCulture),
            int.Parse(Value(3, "concurrency"), CultureInfo.InvariantCulture),
            Value(4, "address"),
            TextCodec.UnescapeText(Value(6, "configuration"))
        )
        {
            Drain = ParseDrain(Value(5, "drain")),
        };
    }

    private static DrainSnapshot ParseDrain(string value)
    {
        var words = value.Split(' ');
        return new DrainSnapshot(long.Parse(words[0], CultureInfo.InvariantCulture), words is [_, Immediate]);
    }
}
