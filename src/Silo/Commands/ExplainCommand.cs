using System.CommandLine;
using System.Net;
using MeshSim.ProxyRuntime.Admin;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Silo;

/// <summary><c>meshsim explain</c>: what becomes of one request, and why.</summary>
internal static class ExplainCommand
{
    private const long MaxBodyBytes = 1L << 40;

    private static readonly Option<string> Request = new("--request", "-r") { Description = "Method and URL, 'GET http://host/path'", Required = true };
    private static readonly Option<string[]> Headers = new("--header", "-H")
    {
        Description = "'name: value'; may be given again",
        AllowMultipleArgumentsPerToken = false,
    };
    private static readonly Option<string?> Listener = new("--listener")
    {
        Description = "Where the request goes to (default: the only one, or the one on the URL's port)",
    };
    private static readonly Option<long> BodyBytes = new("--body-bytes") { Description = "Length of the request's body" };
    private static readonly Option<string?> From = new("--from") { Description = "IP address of the client, with a port if you like" };
    private static readonly Option<ulong> Random = new("--random") { Description = "The request's random number: weights, shares, mirrors" };
    private static readonly Option<int> Status = new("--status") { Description = "What the upstream is taken to answer", DefaultValueFactory = _ => 200 };
    private static readonly Option<bool> Json = new("--json") { Description = "For programs" };

    public static Command Create()
    {
        var command = new Command("explain", "Explain what a proxy does with a request: route, filters, headers, upstream, answer")
        {
            Request,
            Headers,
            Listener,
            BodyBytes,
            From,
            Random,
            Status,
            Json,
        };
        ConfigInput.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var request = ReadRequest(arguments);
        var result = ConfigInput.Read(arguments).LoadSettled();
        ConfigMessages.Print(result.Problems, result.Warnings, "explained");
        if (result.Snapshot is not { } snapshot)
        {
            return ExitCodes.BadInput;
        }

        var listener =
            RequestExplainer.ChooseListener(snapshot, arguments.GetValue(Listener), request.Port, out var error)
            ?? throw new BadInputException($"--listener: {error}");
        var explanation = RequestExplainer.Explain(snapshot, listener, request);
        Console.Write(arguments.GetValue(Json) ? ExplanationJson.Write(explanation) + Environment.NewLine : ExplanationText.Write(explanation));
        return ExitCodes.Fine;
    }

    private static ExplainRequest ReadRequest(ParseResult arguments)
    {
        var request =
            ExplainRequestReader.Read(arguments.GetValue(Request)!, arguments.GetValue(Headers) ?? [], out var error)
            ?? throw new BadInputException(error.StartsWith("header", StringComparison.Ordinal) ? $"-H: {error}" : $"--request: {error}");
        var status = arguments.GetValue(Status);
        if (status is not (101 or (>= 200 and <= 599)))
        {
            throw new BadInputException($"--status {status} is not accepted; accepted are 101 and 200 to 599");
        }

        var bytes = arguments.GetValue(BodyBytes);
        if (bytes is < 0 or > MaxBodyBytes)
        {
            throw new BadInputException($"--body-bytes {bytes} is not accepted; accepted are 0 to {MaxBodyBytes}");
        }

        return request with
        {
            BodyBytes = bytes,
            From = ReadAddress(arguments.GetValue(From)),
            Random = arguments.GetValue(Random),
            Status = status,
            UnixNs = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100,
        };
    }

    private static NetworkAddress ReadAddress(string? text)
    {
        if (text is null)
        {
            return ExplainRequest.DefaultClient;
        }

        // An address alone reads as an end point with port 0.
        return text.AsSpan().ContainsAny('.', ':') && IPEndPoint.TryParse(text, out var end) && (end.Port != 0 || IPAddress.TryParse(text, out _))
            ? new NetworkAddress(end.Address.ToString(), end.Port == 0 ? ExplainRequest.DefaultClient.Port : end.Port)
            : throw new BadInputException($"--from {text} is no IP address, with or without a port");
    }
}
