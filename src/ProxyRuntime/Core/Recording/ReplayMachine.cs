using System.Collections.Immutable;
using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One fresh machine of a replay: reads an input, gives it to the machine, and puts what comes of it into text.</summary>
internal sealed class ReplayMachine
{
    private readonly EffectBuffer effects = new();
    private readonly ProxyMain? main;
    private readonly Worker? worker;
    private readonly ReplayHosts hosts;
    private readonly ReplayListeners listeners;
    private readonly Dictionary<string, int> toldListeners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> told = new(StringComparer.Ordinal);

    public ReplayMachine(ProxyMain main, ReplayHosts hosts, ReplayListeners listeners)
    {
        this.main = main;
        this.hosts = hosts;
        this.listeners = listeners;
    }

    public ReplayMachine(Worker worker, ReplayHosts hosts, ReplayListeners listeners)
    {
        this.worker = worker;
        this.hosts = hosts;
        this.listeners = listeners;
    }

    /// <summary>Every effect, then the deadline.</summary>
    public IEnumerable<string> Feed(string line)
    {
        var words = line.Split(' ');
        var now = new MonotonicTime(long.Parse(words[1], CultureInfo.InvariantCulture));
        if (main is not null)
        {
            FeedMain(words[2], now, words.AsSpan(3));
        }
        else
        {
            FeedWorker(words[2], now, words.AsSpan(3));
        }

        var lines = new List<string>(effects.Count + 1);
        foreach (ref readonly var effect in effects.Span)
        {
            lines.Add(EffectText.Of(effect));
            if (effect.Kind == EffectKind.HostUpdate)
            {
                hosts.Announce(effect.Membership!);
            }
            else if (effect.Kind == EffectKind.OpenListener)
            {
                listeners.Open(effect.Listener!);
            }
        }

        effects.Clear();
        lines.Add(EffectText.Deadline(main is not null ? main.NextDeadline : worker!.NextDeadline));
        return lines;
    }

    private void FeedMain(string name, MonotonicTime now, ReadOnlySpan<string> words)
    {
        switch (name)
        {
            case "Start":
                main!.Start(now, effects);
                break;
            case "Drain":
                main!.Drain(now, effects);
                break;
            case "Advance":
                main!.Advance(now, effects);
                break;
            case "DnsResult":
                var query = new DnsQuery(TextCodec.UnescapeText(words[0]), TextCodec.UnescapeText(words[1]), Enum.Parse<DnsLookupFamily>(words[2]));
                ImmutableArray<string> addresses = words.Length > 4 ? [.. words[4].Split(',')] : [];
                ImmutableArray<uint> ttlsS =
                    words.Length > 5 ? [.. words[5].Split(',').Select(static ttlS => uint.Parse(ttlS, CultureInfo.InvariantCulture))] : [];
                main!.DnsResult(now, query, new DnsAnswer(words[3] == "ok", addresses) { TtlsS = ttlsS }, effects);
                break;
            case "EndpointsUpdate":
                var outcome = Enum.Parse<EndpointsOutcome>(words[1]);
                var assignment = outcome == EndpointsOutcome.Accepted ? AssignmentText.Parse(words[3..]) : null;
                var answer = new EndpointsAnswer(outcome, TextCodec.UnescapeText(words[2][1..]), assignment);
                main!.EndpointsUpdate(now, TextCodec.UnescapeText(words[0]), answer, effects);
                break;
            case "ListenersUpdate":
                var taken = words[2..].ToArray().Select(TextCodec.UnescapeText);
                main!.ListenersUpdate(now, listeners.Answer(Enum.Parse<ListenersOutcome>(words[0]), TextCodec.UnescapeText(words[1][1..]), taken), effects);
                break;
            case "HostCreated":
                var created = hosts.Created(TextCodec.UnescapeText(words[0]), words[1]);
                main!.HostCreated(now, TextCodec.UnescapeText(words[0]), created, effects);
                break;
            case "OutlierDetected":
                var failed = hosts.Find(TextCodec.UnescapeText(words[0]), words[1]);
                main!.OutlierDetected(now, TextCodec.UnescapeText(words[0]), failed, Enum.Parse<EjectionType>(words[2]), effects);
                break;
            case "ImmediateHealthCheckFail":
                var excluded = hosts.Find(TextCodec.UnescapeText(words[0]), words[1]);
                main!.ImmediateHealthCheckFail(now, TextCodec.UnescapeText(words[0]), excluded, effects);
                break;
            case "TrafficBegan":
                main!.TrafficBegan(now, TextCodec.UnescapeText(words[0]), effects);
                break;
            case "Probe":
                main!.Probe(now, new UpstreamConnectionId(Number(words[0][1..])), Probe(words[1..]), effects);
                break;
            default:
                throw new FormatException($"The main machine has no input '{name}'.");
        }
    }

    private void FeedWorker(string name, MonotonicTime now, ReadOnlySpan<string> words)
    {
        switch (name)
        {
            case "Advance":
                worker!.Advance(now, effects);
                break;
            case "Drain":
                worker!.Drain(now, effects);
                break;
            case "HostUpdate":
                worker!.HostUpdate(now, Told(TextCodec.UnescapeText(words[0])), effects);
                break;
            case "ListenerUpdate":
                worker!.ListenerUpdate(now, ToldListener(TextCodec.UnescapeText(words[0])), effects);
                break;
            case "ListenerRemoved":
                worker!.ListenerRemoved(now, TextCodec.UnescapeText(words[0]), effects);
                break;
            case "HostFailed":
                worker!.HostFailed(now, TextCodec.UnescapeText(words[0]), hosts.Find(TextCodec.UnescapeText(words[0]), words[1]), effects);
                break;
            case "DownstreamConnection":
                var info = new ConnectionInfo(
                    TextCodec.UnescapeText(words[1]),
                    ReplayHosts.Address(words[2]),
                    ReplayHosts.Address(words[3]),
                    Enum.Parse<HttpProtocol>(words[4])
                );
                worker!.DownstreamConnection(now, Connection(words[0]), words.Length > 5 ? TlsText.WithOffer(info, words[5]) : info, effects);
                break;
            case "DownstreamAccepted":
                worker!.DownstreamAccepted(now, Connection(words[0]), TextCodec.UnescapeText(words[1]), effects);
                break;
            case "InspectionFailed":
                worker!.InspectionFailed(now, Connection(words[0]), Enum.Parse<ClientHelloState>(words[1]), effects);
                break;
            case "DownstreamHandshake":
                worker!.DownstreamHandshake(now, Connection(words[0]), TlsText.Handshake(words[1]), effects);
                break;
            case "ConnectionProtocol":
                worker!.ConnectionProtocol(now, Connection(words[0]), Enum.Parse<HttpProtocol>(words[1]), effects);
                break;
            case "DownstreamClosed":
                worker!.DownstreamClosed(now, Connection(words[0]), effects, words.Length > 1 ? Number(words[1]) : 0);
                break;
            case "TcpData":
                worker!.TcpData(now, Connection(words[0]), Enum.Parse<TcpSide>(words[1]), Number(words[3]), IsEnd(words[2]), effects);
                break;
            case "TcpFlowControl":
                worker!.TcpFlowControl(now, Connection(words[0]), Enum.Parse<TcpSide>(words[1]), words[2] == "paused", effects);
                break;
            case "RequestHeaders":
                worker!.RequestHeaders(now, Stream(words[0]), Headers(words[2..]), IsEnd(words[1]), effects);
                break;
            case "RequestBegin":
                worker!.RequestBegin(now, Stream(words[0]), effects);
                break;
            case "RequestTrailers":
                worker!.RequestTrailers(now, Stream(words[0]), Headers(words[2..]), effects);
                break;
            case "RequestData":
                worker!.RequestData(now, Stream(words[0]), Number(words[2]), IsEnd(words[1]), effects);
                break;
            case "RequestRefused":
                worker!.RequestRefused(now, Stream(words[0]), Enum.Parse<RequestError>(words[1]), effects);
                break;
            default:
                FeedUpstream(name, now, words);
                break;
        }
    }

    private void FeedUpstream(string name, MonotonicTime now, ReadOnlySpan<string> words)
    {
        switch (name)
        {
            case "ConnectionResult":
                var local = words[2] == "-" ? null : ReplayHosts.Address(words[2]);
                var reason = words.Length > 3 ? TextCodec.UnescapeText(words[3]) : "";
                var outcome = Enum.Parse<ConnectOutcome>(words[1]);
                worker!.ConnectionResult(now, new UpstreamConnectionId(Number(words[0][1..])), outcome, reason, local, effects);
                break;
            case "UpstreamHandshake":
                worker!.UpstreamHandshake(now, new UpstreamConnectionId(Number(words[0][1..])), TlsText.Handshake(words[1]), effects);
                break;
            case "GoAway":
                worker!.GoAway(now, new UpstreamConnectionId(Number(words[0][1..])), effects);
                break;
            case "UpstreamSettings":
                worker!.UpstreamSettings(now, new UpstreamConnectionId(Number(words[0][1..])), (uint)Number(words[1]), effects);
                break;
            case "UpstreamReset":
                worker!.UpstreamReset(now, new AttemptId(Number(words[0][1..])), Enum.Parse<ResetReason>(words[1]), effects);
                break;
            case "ConnectionEnding":
                worker!.ConnectionEnding(now, new UpstreamConnectionId(Number(words[0][1..])), effects);
                break;
            case "ConnectionClosed":
                worker!.ConnectionClosed(now, new UpstreamConnectionId(Number(words[0][1..])), Enum.Parse<ResetReason>(words[1]), effects);
                break;
            case "ResponseHeaders":
                worker!.ResponseHeaders(now, new AttemptId(Number(words[0][1..])), Headers(words[2..]), IsEnd(words[1]), effects);
                break;
            case "ResponseInformational":
                worker!.ResponseInformational(now, new AttemptId(Number(words[0][1..])), Headers(words[2..]), effects);
                break;
            case "ResponseTrailers":
                worker!.ResponseTrailers(now, new AttemptId(Number(words[0][1..])), Headers(words[2..]), effects);
                break;
            case "ResponseContent":
                var content = words.Length > 2 ? TextCodec.Unescape(words[2]) : [];
                worker!.ResponseContent(now, new AttemptId(Number(words[0][1..])), content, IsEnd(words[1]), effects);
                break;
            case "ResponseData":
                worker!.ResponseData(now, new AttemptId(Number(words[0][1..])), Number(words[2]), IsEnd(words[1]), effects);
                break;
            default:
                throw new FormatException($"A worker has no input '{name}'.");
        }
    }

    private ClusterMembership Told(string cluster)
    {
        var number = told.GetValueOrDefault(cluster);
        told[cluster] = number + 1;
        return hosts.Told(cluster, number);
    }

    private ListenerSnapshot ToldListener(string name)
    {
        var number = toldListeners.GetValueOrDefault(name);
        toldListeners[name] = number + 1;
        return listeners.Told(name, number);
    }

    private HeaderMap Headers(ReadOnlySpan<string> words) => Fill(worker!.RentHeaders(), words);

    private static ProbeEvent Probe(ReadOnlySpan<string> words)
    {
        var kind = Enum.Parse<ProbeEventKind>(words[0]);
        return new ProbeEvent(kind)
        {
            Head = kind is ProbeEventKind.Headers or ProbeEventKind.Trailers ? Fill(new HeaderMap(), words[2..]) : null,
            Content = kind == ProbeEventKind.Data && words.Length > 2 ? TextCodec.Unescape(words[2]) : default(ReadOnlyMemory<byte>),
            EndStream = IsEnd(words[1]),
        };
    }

    private static HeaderMap Fill(HeaderMap map, ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            map.Add(TextCodec.Unescape(word[..equals]), TextCodec.Unescape(word[(equals + 1)..]));
        }

        return map;
    }

    private static bool IsEnd(string word) => word == "end";

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);

    private static ConnectionId Connection(string word) => new(Number(word[1..]));

    private static StreamId Stream(string word)
    {
        var slash = word.IndexOf('/', StringComparison.Ordinal);
        return new StreamId(Connection(word[..slash]), (int)Number(word[(slash + 1)..]));
    }
}
