using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace MeshSim.Scenarios.Play;

/// <summary>One step of a case.</summary>
/// <param name="Do">Its kind, as in the case.</param>
public abstract record PlayStep(string Do);

/// <summary>One request on a connection of its own.</summary>
/// <param name="TimeoutNs">The client gives up when a part of the answer takes longer.</param>
/// <param name="AfterNs">How long to wait behind it.</param>
/// <param name="Unordered">What reached the endpoints is told by endpoint and path.</param>
public sealed record RequestStep(PlayRequest Request, long TimeoutNs, long AfterNs, bool Unordered) : PlayStep("request");

/// <summary>Requests one after another.</summary>
/// <param name="Exact">Every answer is told.</param>
public sealed record SeriesStep(PlayRequest Request, long TimeoutNs, int Count, long GapNs, bool Exact) : PlayStep("series");

/// <summary>Requests at once, or one gap apart without waiting for answers.</summary>
public sealed record BurstStep(PlayRequest Request, long TimeoutNs, int Count, long GapNs) : PlayStep("burst");

/// <summary>Bytes as they are, part by part.</summary>
/// <param name="Head">They are HEAD requests: answers have no body.</param>
public sealed record RawStep(ImmutableArray<RawPart> Parts, bool Head) : PlayStep("raw");

public sealed record RawPart(string Text, int Times, long WaitNs);

/// <summary>A page of the admin interface.</summary>
/// <param name="Grep">Only lines in which this is found, sorted; null for all.</param>
public sealed record AdminStep(string Method, string Path, Regex? Grep) : PlayStep("admin");

public sealed record SleepStep(long DurationNs) : PlayStep("sleep");

/// <summary>An endpoint breaks its connections off and listens no more.</summary>
public sealed record StopStep(string Endpoint) : PlayStep("stop");

public sealed record StartStep(string Endpoint) : PlayStep("start");

/// <summary>An endpoint gets another script and, where one is given, another default.</summary>
public sealed record ScriptStep(string Endpoint, ImmutableArray<PlayAction> Script, PlayAction? Default) : PlayStep("script");

/// <summary>A file beside the configuration is replaced: another one is moved into its place.</summary>
public sealed record FileStep(string Name, string Content) : PlayStep("file");

/// <summary>Something that is not played in virtual time.</summary>
public sealed record OtherStep(string Do) : PlayStep(Do);

/// <summary>A request; <c>{i}</c> in path and headers stands for its number in a series.</summary>
/// <param name="Tls">Over TLS; null for plain text.</param>
public sealed record PlayRequest(string Method, string Path, string Host, ImmutableArray<(string Name, string Value)> Headers, string Body, PlayTls? Tls = null)
{
    public PlayRequest Numbered(int number)
    {
        var text = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return this with
        {
            Path = Path.Replace("{i}", text, StringComparison.Ordinal),
            Headers = [.. Headers.Select(header => (header.Name, header.Value.Replace("{i}", text, StringComparison.Ordinal)))],
        };
    }
}
