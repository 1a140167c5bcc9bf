using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MeshSim.Scenarios.Live;
using MeshSim.Scenarios.Model;

namespace MeshSim.Silo;

/// <summary><c>meshsim load</c>: open-loop load on a URL.</summary>
internal static class LoadCommand
{
    private const double MostSeconds = 3600;
    private const double MostRequests = 10e6;
    private const int MostConnections = 60_000;

    private static readonly Argument<string> Url = new("url") { Description = "http://host:port/path" };
    private static readonly Option<double> Rps = new("--rps")
    {
        Description = "Requests a second, at random moments, whether answers come or not",
        DefaultValueFactory = _ => 100,
    };
    private static readonly Option<string> Duration = new("--duration")
    {
        Description = "How long, up to 1h, and no more than ten million requests",
        DefaultValueFactory = _ => "10s",
    };
    private static readonly Option<string> Timeout = new("--timeout") { Description = "A request is given up after this", DefaultValueFactory = _ => "20s" };
    private static readonly Option<int> Connections = new("--connections")
    {
        Description = "Most connections at a time; requests wait for one when all are busy, and that counts as latency",
        DefaultValueFactory = _ => 1000,
    };
    private static readonly Option<string> Method = new("--method") { Description = "Method, without a body", DefaultValueFactory = _ => "GET" };
    private static readonly Option<string[]> Headers = new("--header", "-H") { Description = "'name: value', again for each" };
    private static readonly Option<ulong?> Seed = new("--seed") { Description = "Seed of the moments (default: drawn now)" };
    private static readonly Option<bool> Remote = new("--remote") { Description = "Allow a host that is not this machine" };
    private static readonly Option<bool> Json = new("--json") { Description = "For programs" };

    public static Command Create()
    {
        var command = new Command("load", "Send open-loop load to a URL; latency counts from the intended moment")
        {
            Url,
            Rps,
            Duration,
            Timeout,
            Connections,
            Method,
            Headers,
            Seed,
            Remote,
            Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var target = await TargetAsync(arguments, cancellation).ConfigureAwait(false);
        var seed = arguments.GetValue(Seed) ?? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
        using var end = new EndSignals();
        var report = await LoadGenerator.RunAsync(target, seed, end.Token).ConfigureAwait(false);
        Console.Write(arguments.GetValue(Json) ? LoadText.Json(report, seed) : LoadText.Table(report, seed));
        return ExitCodes.Fine;
    }

    private static async Task<LoadTarget> TargetAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var text = arguments.GetValue(Url)!;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp)
        {
            throw new BadInputException($"'{text}' is not accepted; accepted is http://host:port/path");
        }

        var seconds = Limited(arguments, Duration, MostSeconds);
        var rps = arguments.GetValue(Rps);
        if (!(rps > 0 && rps * seconds <= MostRequests))
        {
            throw new BadInputException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"--rps {rps} is not accepted; accepted is above 0, and at most {MostRequests / seconds:0} for that duration"
                )
            );
        }

        var connections = arguments.GetValue(Connections);
        if (connections is < 1 or > MostConnections)
        {
            throw new BadInputException($"--connections {connections} is not accepted; accepted is 1 to {MostConnections}");
        }

        var load = new LoadModel(
            url.Host,
            rps,
            0,
            (long)(seconds * 1e9),
            arguments.GetValue(Method)!,
            url.PathAndQuery,
            url.Authority,
            (long)(Limited(arguments, Timeout, MostSeconds) * 1e9)
        )
        {
            Headers = [.. (arguments.GetValue(Headers) ?? []).Select(ParseHeader)],
        };
        return new LoadTarget(load, await AddressesAsync(url, arguments.GetValue(Remote), cancellation).ConfigureAwait(false), connections);
    }

    private static double Limited(ParseResult arguments, Option<string> option, double most) =>
        Units.DurationNs(arguments.GetValue(option)!) is { } ns and > 0 && ns / 1e9 <= most
            ? ns / 1e9
            : throw new BadInputException(
                $"{option.Name} {arguments.GetValue(option)} is not accepted; accepted is a duration above 0 with its unit, such as 500ms, 10s or 2m, up to 1h"
            );

    private static async Task<ImmutableArray<IPEndPoint>> AddressesAsync(Uri url, bool remote, CancellationToken cancellation)
    {
        IPAddress[] found;
        try
        {
            found = await Dns.GetHostAddressesAsync(url.DnsSafeHost, cancellation).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new BadInputException($"cannot resolve '{url.DnsSafeHost}': {e.Message}", e);
        }

        // One family, as a client of a browser's kind ends up with.
        var first = found.OrderBy(static ip => ip.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).First();
        return remote || IPAddress.IsLoopback(first)
            ? [new IPEndPoint(first, url.Port)]
            : throw new BadInputException($"'{url.DnsSafeHost}' ({first}) is not this machine; load on others only with --remote, and with their consent");
    }

    private static (string Name, string Value) ParseHeader(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && text.AsSpan().IndexOfAny('\r', '\n') < 0
            ? (text[..colon].Trim().ToLowerInvariant(), text[(colon + 1)..].Trim())
            : throw new BadInputException($"--header '{text}' is not of the form 'name: value'");
    }
}
