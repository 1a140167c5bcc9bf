using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>A population of clients that sends requests to a proxy.</summary>
/// <param name="To">The proxy's name; its replicas are taken in turn.</param>
/// <param name="RatePerSecond">Mean arrivals a second, where they come at one rate.</param>
/// <param name="TimeoutNs">The client gives up an attempt after this. Default 20 s.</param>
public sealed record LoadModel(string To, double RatePerSecond, long FromNs, long UntilNs, string Method, string Path, string Host, long TimeoutNs)
{
    /// <summary>Arrivals are equally far apart; else each is independent of the others. Default false.</summary>
    public bool IsRegular { get; init; }

    /// <summary>How the rate changes; null for one rate.</summary>
    public RateProfile? Profile { get; init; }

    /// <summary>A recorded load; null where moments are drawn.</summary>
    public LoadTrace? Trace { get; init; }

    /// <summary>Users who wait for their answer and think before they ask again; null for an open loop.</summary>
    public ClosedLoop? ClosedLoop { get; init; }

    /// <summary>How clients themselves try again; null for not at all.</summary>
    public ClientRetry? Retry { get; init; }

    /// <summary>How long a user waits in all, over all attempts; null for as long as it takes.</summary>
    public TimeModel? Patience { get; init; }

    /// <summary>Where the client is; null for nowhere in particular.</summary>
    public string? Zone { get; init; }

    /// <summary>Body bytes of a request. Default 0.</summary>
    public int BodyBytes { get; init; }

    /// <summary>The body of a request as text; null for one that only has a length.</summary>
    public string? Body { get; init; }

    /// <summary>Which listener of the proxy it goes to, by its name or port; null for the first.</summary>
    public string? Listener { get; init; }

    /// <summary>Headers of every request.</summary>
    public ImmutableArray<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Kinds of requests, each as often as its weight says; empty for one kind, as above.</summary>
    public ImmutableArray<RequestShape> Requests { get; init; } = [];

    /// <summary>A header that tells users apart; null for none.</summary>
    public ZipfHeader? Zipf { get; init; }

    /// <summary>Who sends the requests, made up before the run; null for nobody in particular.</summary>
    public People? People { get; init; }

    /// <summary>How many different requests there are of each kind, at least 1.</summary>
    public int Keys => Zipf?.Keys ?? People?.Keys ?? 1;

    /// <summary>Arrivals a second on average while it lasts; of a closed loop as if answers took no time.</summary>
    public double MeanRate =>
        ClosedLoop is { } loop ? loop.Users / Math.Max(1e-3, loop.ThinkTime.AverageNs / 1e9)
        : Trace is { } trace ? trace.Factor * trace.Requests.Length / Math.Max(1e-3, (UntilNs - FromNs) / 1e9)
        : Profile?.MeanRate(Math.Max(1e-3, (UntilNs - FromNs) / 1e9)) ?? RatePerSecond;

    /// <summary>The kinds of requests, at least one.</summary>
    public IEnumerable<RequestShape> AllRequests => Requests.IsEmpty ? [new RequestShape(1, Method, Path, Host, Headers, BodyBytes, Body)] : Requests;
}

/// <summary>So many users, each of whom waits for the answer, thinks and asks again.</summary>
public sealed record ClosedLoop(int Users, TimeModel ThinkTime);

/// <summary>
/// A request header with one of so many keys, some far more often than others: key number k, counted from 0, is drawn with weight
/// 1/(k+1)^s, and the value is the prefix with that number behind it.
/// </summary>
/// <param name="Exponent">s; 0 makes all keys alike.</param>
public sealed record ZipfHeader(string Header, string Prefix, int Keys, double Exponent);
