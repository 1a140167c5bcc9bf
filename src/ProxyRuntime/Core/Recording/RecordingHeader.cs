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
    private const string Magic = "# meshsim recording 2";

    public IEnumerable<string> Lines =>
        [
            Magic,
            string.Create(CultureInfo.InvariantCulture, $"# seed {Seed}"),
            string.Create(CultureInfo.InvariantCulture, $"# epoch {EpochUnixNs}"),
            string.Create(CultureInfo.InvariantCulture, $"# concurrency {Concurrency}"),
            $"# address {LocalAddress}",
            $"# configuration {TextCodec.Escape(Configuration)}",
        ];

    /// <summary>Reads the head of a recording.</summary>
    /// <exception cref="FormatException">The lines are no recording.</exception>
    public static RecordingHeader Parse(IEnumerable<string> lines)
    {
        var head = lines.Take(6).ToArray();
        if (head.Length < 6 || head[0] != Magic)
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
            TextCodec.UnescapeText(Value(5, "configuration"))
        );
    }
}
