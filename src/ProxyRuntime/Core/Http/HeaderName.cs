using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A header name. Those the proxy itself reads or writes have a small number, so that maps compare numbers, not text.</summary>
/// <remarks>
/// Names outside this list have id 0 and are compared as bytes, ignoring ASCII case. Names that Envoy keeps inline
/// (<see cref="IsInline"/>) have at most one line in a map: a second one is joined to the first with a comma.
/// </remarks>
public sealed class HeaderName
{
    private const int MaxKnownLength = 64;
    private const int CaseBit = 0x20;
    private const ushort Unlisted = 0x8000;

    private static readonly List<HeaderName> Known = [];
    private static readonly HeaderName[][] ByLength = [.. Enumerable.Repeat<HeaderName[]>([], MaxKnownLength)];

    // Pseudo headers come first, as they do on the wire of HTTP/2.
    public static readonly HeaderName Method = Define(":method");
    public static readonly HeaderName Path = Define(":path");
    public static readonly HeaderName Authority = Define(":authority");
    public static readonly HeaderName Scheme = Define(":scheme");
    public static readonly HeaderName Status = Define(":status");

    public static readonly HeaderName Accept = DefineInline("accept");
    public static readonly HeaderName AcceptEncoding = DefineInline("accept-encoding");
    public static readonly HeaderName AccessControlAllowCredentials = DefineInline("access-control-allow-credentials");
    public static readonly HeaderName AccessControlAllowHeaders = DefineInline("access-control-allow-headers");
    public static readonly HeaderName AccessControlAllowMethods = DefineInline("access-control-allow-methods");
    public static readonly HeaderName AccessControlAllowOrigin = DefineInline("access-control-allow-origin");
    public static readonly HeaderName AccessControlExposeHeaders = DefineInline("access-control-expose-headers");
    public static readonly HeaderName AccessControlMaxAge = DefineInline("access-control-max-age");
    public static readonly HeaderName AccessControlRequestHeaders = DefineInline("access-control-request-headers");
    public static readonly HeaderName AccessControlRequestMethod = DefineInline("access-control-request-method");
    public static readonly HeaderName Authorization = DefineInline("authorization");
    public static readonly HeaderName CacheControl = DefineInline("cache-control");
    public static readonly HeaderName Connection = DefineInline("connection");
    public static readonly HeaderName ContentEncoding = DefineInline("content-encoding");
    public static readonly HeaderName ContentLength = DefineInline("content-length");
    public static readonly HeaderName ContentType = DefineInline("content-type");
    public static readonly HeaderName Date = DefineInline("date");
    public static readonly HeaderName ETag = DefineInline("etag");
    public static readonly HeaderName Expect = DefineInline("expect");
    public static readonly HeaderName GrpcMessage = DefineInline("grpc-message");
    public static readonly HeaderName GrpcStatus = DefineInline("grpc-status");
    public static readonly HeaderName GrpcTimeout = DefineInline("grpc-timeout");
    public static readonly HeaderName Host = DefineInline("host");
    public static readonly HeaderName KeepAlive = DefineInline("keep-alive");
    public static readonly HeaderName Location = DefineInline("location");
    public static readonly HeaderName Origin = DefineInline("origin");
    public static readonly HeaderName ProxyConnection = DefineInline("proxy-connection");
    public static readonly HeaderName Server = DefineInline("server");
    public static readonly HeaderName Te = DefineInline("te");
    public static readonly HeaderName TransferEncoding = DefineInline("transfer-encoding");
    public static readonly HeaderName Upgrade = DefineInline("upgrade");
    public static readonly HeaderName UserAgent = DefineInline("user-agent");
    public static readonly HeaderName Vary = DefineInline("vary");
    public static readonly HeaderName Via = DefineInline("via");
    public static readonly HeaderName XClientTraceId = DefineInline("x-client-trace-id");
    public static readonly HeaderName XEnvoyAttemptCount = DefineInline("x-envoy-attempt-count");
    public static readonly HeaderName XEnvoyDecoratorOperation = DefineInline("x-envoy-decorator-operation");
    public static readonly HeaderName XEnvoyDegraded = DefineInline("x-envoy-degraded");
    public static readonly HeaderName XEnvoyDownstreamServiceCluster = DefineInline("x-envoy-downstream-service-cluster");
    public static readonly HeaderName XEnvoyDownstreamServiceNode = DefineInline("x-envoy-downstream-service-node");
    public static readonly HeaderName XEnvoyExpectedRqTimeoutMs = DefineInline("x-envoy-expected-rq-timeout-ms");
    public static readonly HeaderName XEnvoyExternalAddress = DefineInline("x-envoy-external-address");
    public static readonly HeaderName XEnvoyForceTrace = DefineInline("x-envoy-force-trace");
    public static readonly HeaderName XEnvoyHedgeOnPerTryTimeout = DefineInline("x-envoy-hedge-on-per-try-timeout");
    public static readonly HeaderName XEnvoyImmediateHealthCheckFail = DefineInline("x-envoy-immediate-health-check-fail");
    public static readonly HeaderName XEnvoyInternal = DefineInline("x-envoy-internal");
    public static readonly HeaderName XEnvoyIpTags = DefineInline("x-envoy-ip-tags");
    public static readonly HeaderName XEnvoyIsTimeoutRetry = DefineInline("x-envoy-is-timeout-retry");
    public static readonly HeaderName XEnvoyMaxRetries = DefineInline("x-envoy-max-retries");
    public static readonly HeaderName XEnvoyOriginalHost = DefineInline("x-envoy-original-host");
    public static readonly HeaderName XEnvoyOriginalPath = DefineInline("x-envoy-original-path");
    public static readonly HeaderName XEnvoyOriginalUrl = DefineInline("x-envoy-original-url");
    public static readonly HeaderName XEnvoyRateLimited = DefineInline("x-envoy-ratelimited");
    public static readonly HeaderName XEnvoyRetriableHeaderNames = DefineInline("x-envoy-retriable-header-names");
    public static readonly HeaderName XEnvoyRetriableStatusCodes = DefineInline("x-envoy-retriable-status-codes");
    public static readonly HeaderName XEnvoyRetryGrpcOn = DefineInline("x-envoy-retry-grpc-on");
    public static readonly HeaderName XEnvoyRetryOn = DefineInline("x-envoy-retry-on");
    public static readonly HeaderName XEnvoyUpstreamAltStatName = DefineInline("x-envoy-upstream-alt-stat-name");
    public static readonly HeaderName XEnvoyUpstreamCanary = DefineInline("x-envoy-upstream-canary");
    public static readonly HeaderName XEnvoyUpstreamHealthcheckedCluster = DefineInline("x-envoy-upstream-healthchecked-cluster");
    public static readonly HeaderName XEnvoyUpstreamRqPerTryTimeoutMs = DefineInline("x-envoy-upstream-rq-per-try-timeout-ms");
    public static readonly HeaderName XEnvoyUpstreamRqTimeoutAltResponse = DefineInline("x-envoy-upstream-rq-timeout-alt-response");
    public static readonly HeaderName XEnvoyUpstreamRqTimeoutMs = DefineInline("x-envoy-upstream-rq-timeout-ms");
    public static readonly HeaderName XEnvoyUpstreamServiceTime = DefineInline("x-envoy-upstream-service-time");
    public static readonly HeaderName XEnvoyUpstreamStreamDurationMs = DefineInline("x-envoy-upstream-stream-duration-ms");
    public static readonly HeaderName XForwardedClientCert = DefineInline("x-forwarded-client-cert");
    public static readonly HeaderName XForwardedFor = DefineInline("x-forwarded-for");
    public static readonly HeaderName XForwardedHost = DefineInline("x-forwarded-host");
    public static readonly HeaderName XForwardedPort = DefineInline("x-forwarded-port");
    public static readonly HeaderName XForwardedProto = DefineInline("x-forwarded-proto");
    public static readonly HeaderName XRequestId = DefineInline("x-request-id");

    public static readonly HeaderName AccessControlAllowPrivateNetwork = Define("access-control-allow-private-network");
    public static readonly HeaderName AccessControlRequestPrivateNetwork = Define("access-control-request-private-network");
    public static readonly HeaderName B3 = Define("b3");
    public static readonly HeaderName Cookie = Define("cookie");
    public static readonly HeaderName EarlyData = Define("early-data");
    public static readonly HeaderName Http2Settings = Define("http2-settings");
    public static readonly HeaderName Referer = Define("referer");
    public static readonly HeaderName SetCookie = Define("set-cookie");
    public static readonly HeaderName Traceparent = Define("traceparent");
    public static readonly HeaderName Tracestate = Define("tracestate");
    public static readonly HeaderName Trailer = Define("trailer");
    public static readonly HeaderName WwwAuthenticate = Define("www-authenticate");
    public static readonly HeaderName XB3Parentspanid = Define("x-b3-parentspanid");
    public static readonly HeaderName XB3Sampled = Define("x-b3-sampled");
    public static readonly HeaderName XB3Spanid = Define("x-b3-spanid");
    public static readonly HeaderName XB3Traceid = Define("x-b3-traceid");
    public static readonly HeaderName XEnvoyAuthFailureModeAllowed = Define("x-envoy-auth-failure-mode-allowed");
    public static readonly HeaderName XEnvoyAuthHeadersToRemove = Define("x-envoy-auth-headers-to-remove");
    public static readonly HeaderName XEnvoyAuthPartialBody = Define("x-envoy-auth-partial-body");
    public static readonly HeaderName XEnvoyDropOverload = Define("x-envoy-drop-overload");
    public static readonly HeaderName XEnvoyFaultAbortGrpcRequest = Define("x-envoy-fault-abort-grpc-request");
    public static readonly HeaderName XEnvoyFaultAbortRequest = Define("x-envoy-fault-abort-request");
    public static readonly HeaderName XEnvoyFaultAbortRequestPercentage = Define("x-envoy-fault-abort-request-percentage");
    public static readonly HeaderName XEnvoyFaultDelayRequest = Define("x-envoy-fault-delay-request");
    public static readonly HeaderName XEnvoyFaultDelayRequestPercentage = Define("x-envoy-fault-delay-request-percentage");
    public static readonly HeaderName XEnvoyFaultThroughputResponse = Define("x-envoy-fault-throughput-response");
    public static readonly HeaderName XEnvoyFaultThroughputResponsePercentage = Define("x-envoy-fault-throughput-response-percentage");
    public static readonly HeaderName XEnvoyOverloaded = Define("x-envoy-overloaded");
    public static readonly HeaderName XEnvoyUnconditionalDropOverload = Define("x-envoy-unconditional-drop-overload");
    public static readonly HeaderName XRatelimitLimit = Define("x-ratelimit-limit");
    public static readonly HeaderName XRatelimitRemaining = Define("x-ratelimit-remaining");
    public static readonly HeaderName XRatelimitReset = Define("x-ratelimit-reset");

    private readonly byte[] lower;

    private HeaderName(ushort id, string name, bool inline)
    {
        Id = id;
        Name = name;
        IsInline = inline;
        lower = Encoding.Latin1.GetBytes(name);
        Tag = id != 0 ? id : TagOf(lower);
    }

    /// <summary>1 and up; 0 is the id of every name that is not listed.</summary>
    public ushort Id { get; }

    /// <summary>The name in lower case.</summary>
    public string Name { get; }

    /// <summary>A map holds at most one line of this name.</summary>
    public bool IsInline { get; }

    public ReadOnlySpan<byte> Bytes => lower;

    /// <summary>The id, or for a name that is not listed what <see cref="TagOf"/> makes of it: names that are the same have the same.</summary>
    internal ushort Tag { get; }

    /// <summary>The name written in a configuration, in whatever case: the listed one, or a new one with id 0. <c>host</c> is <c>:authority</c>.</summary>
    public static HeaderName Of(string name)
    {
        var text = name.ToLowerInvariant();
        return text == "host" ? Authority : Find(Encoding.Latin1.GetBytes(text)) ?? new HeaderName(0, text, inline: false);
    }

    /// <summary>The listed name equal to <paramref name="name"/> in any case, or null.</summary>
    public static HeaderName? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length >= MaxKnownLength)
        {
            return null;
        }

        foreach (var candidate in ByLength[name.Length])
        {
            if (AreSame(candidate.lower, name))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>The known name with that id; the id must be one that <see cref="Find"/> gave.</summary>
    public static HeaderName FromId(ushort id) => Known[id - 1];

    public override string ToString() => Name;

    /// <summary>Whether two names are equal, ignoring ASCII case. Those that are mostly are so in case, too; those that are not mostly end differently.</summary>
    internal static bool AreSame(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) =>
        a.Length == b.Length && (a.IsEmpty || (((a[^1] ^ b[^1]) & ~CaseBit) == 0 && (a.SequenceEqual(b) || Ascii.EqualsIgnoreCase(a, b))));

    /// <summary>A number above all ids for a name that is not listed: of its length and some of its bytes, whatever their case.</summary>
    internal static ushort TagOf(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return Unlisted;
        }

        var sum = name.Length + (31 * (name[^1] | CaseBit)) + (1_021 * (name[name.Length / 2] | CaseBit)) + (8_191 * (name[name.Length / 4] | CaseBit));
        return (ushort)(Unlisted | sum);
    }

    private static HeaderName DefineInline(string name) => Add(name, inline: true);

    private static HeaderName Define(string name) => Add(name, inline: false);

    private static HeaderName Add(string name, bool inline)
    {
        var header = new HeaderName((ushort)(Known.Count + 1), name, inline);
        Known.Add(header);
        ByLength[name.Length] = [.. ByLength[name.Length], header];
        return header;
    }
}
