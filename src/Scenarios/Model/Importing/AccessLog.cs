using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>What an access log holds: requests in the order they came, and what of it could not be used.</summary>
/// <param name="Format">How its lines were read.</param>
/// <param name="Lines">How many there are, empty ones left out.</param>
/// <param name="Requests">In the order of time.</param>
/// <param name="Unread">Lines that are none of the format, with what is wrong with each.</param>
/// <param name="NotHttp">Lines of connections of TCP and of tunnels.</param>
public sealed record AccessLog(
    LogFormat Format,
    int Lines,
    ImmutableArray<LoggedRequest> Requests,
    ImmutableArray<(int Line, string Problem)> Unread,
    ImmutableArray<int> NotHttp
)
{
    /// <summary>So many lines are enough to tell formats apart.</summary>
    private const int Sample = 200;

    /// <summary>Reads a log with whichever of some formats fits most of its first lines; of equals the first.</summary>
    /// <param name="formats">At least one.</param>
    public static AccessLog Read(string text, IReadOnlyCollection<LogFormat> formats)
    {
        var first = Numbered(text).Take(Sample).Select(static line => line.Text).ToArray();
        var format = formats.MaxBy(format => first.Count(line => format.Read(line, out _) is not null))!;
        var requests = new List<LoggedRequest>();
        var unread = ImmutableArray.CreateBuilder<(int Line, string Problem)>();
        var notHttp = ImmutableArray.CreateBuilder<int>();
        var lines = 0;
        foreach (var (line, number) in Numbered(text))
        {
            lines++;
            if (format.Read(line, out var error) is not { } request)
            {
                unread.Add((number, error!));
            }
            else if (!request.IsHttp)
            {
                notHttp.Add(number);
            }
            else
            {
                request.Line = number;
                requests.Add(request);
            }
        }

        return new AccessLog(format, lines, [.. requests.OrderBy(static request => request.StartUnixNs)], unread.ToImmutable(), notHttp.ToImmutable());
    }

    private static IEnumerable<(string Text, int Number)> Numbered(string text)
    {
        var number = 0;
        using var reader = new StringReader(text);
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return (line, number);
            }
        }
    }
}
