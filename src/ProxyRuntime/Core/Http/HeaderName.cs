using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A header name the proxy itself reads or writes, with a small number so that maps compare numbers, not text.</summary>
/// <remarks>Names outside this list have id 0 and are compared as bytes, ignoring ASCII case.</remarks>
public sealed class HeaderName
{
    private static readonly List<HeaderName> Known = [];
    private static readonly Dictionary<int, List<HeaderName>> ByLength = [];

    // Pseudo headers come first, as they do on the wire of HTTP/2.
    public static readonly HeaderName Method = Define(":method");
    public static readonly HeaderName Path = Define(":path");
    public static readonly HeaderName Authority = Define(":authority");
    public static readonly HeaderName Scheme = Define(":scheme");
    public static readonly HeaderName Status = Define(":status");

    public static readonly HeaderName Connection = Define("connection");
    public static readonly HeaderName ContentLength = Define("content-length");
    public static readonly HeaderName ContentType = Define("content-type");
    public static readonly HeaderName Date = Define("date");
    public static readonly HeaderName Expect = Define("expect");
    public static readonly HeaderName GrpcMessage = Define("grpc-message");
    public static readonly HeaderName GrpcStatus = Define("grpc-status");
    public static readonly HeaderName Host = Define("host");
    public static readonly HeaderName KeepAlive = Define("keep-alive");
    public static readonly HeaderName ProxyConnection = Define("proxy-connection");
    public static readonly HeaderName Server = Define("server");
    public static readonly HeaderName Te = Define("te");
    public static readonly HeaderName Trailer = Define("trailer");
    public static readonly HeaderName TransferEncoding = Define("transfer-encoding");
    public static readonly HeaderName Upgrade = Define("upgrade");
    public static readonly HeaderName UserAgent = Define("user-agent");
    public static readonly HeaderName XForwardedFor = Define("x-forwarded-for");
    public static readonly HeaderName XForwardedHost = Define("x-forwarded-host");
    public static readonly HeaderName XForwardedProto = Define("x-forwarded-proto");
    public static readonly HeaderName XRequestId = Define("x-request-id");

    public static readonly HeaderName XEnvoyAttemptCount = Define("x-envoy-attempt-count");
    public static readonly HeaderName XEnvoyExpectedRqTimeoutMs = Define("x-envoy-expected-rq-timeout-ms");
    public static readonly HeaderName XEnvoyExternalAddress = Define("x-envoy-external-address");
    public static readonly HeaderName XEnvoyForceTrace = Define("x-envoy-force-trace");
    public static readonly HeaderName XEnvoyHedgeOnPerTryTimeout = Define("x-envoy-hedge-on-per-try-timeout");
    public static readonly HeaderName XEnvoyInternal = Define("x-envoy-internal");
    public static readonly HeaderName XEnvoyIpTags = Define("x-envoy-ip-tags");
    public static readonly HeaderName XEnvoyMaxRetries = Define("x-envoy-max-retries");
    public static readonly HeaderName XEnvoyOriginalHost = Define("x-envoy-original-host");
    public static readonly HeaderName XEnvoyOriginalPath = Define("x-envoy-original-path");
    public static readonly HeaderName XEnvoyOriginalUrl = Define("x-envoy-original-url");
    public static readonly HeaderName XEnvoyOverloaded = Define("x-envoy-overloaded");
    public static readonly HeaderName XEnvoyRateLimited = Define("x-envoy-ratelimited");
    public static readonly HeaderName XEnvoyRetriableHeaderNames = Define("x-envoy-retriable-header-names");
    public static readonly HeaderName XEnvoyRetriableStatusCodes = Define("x-envoy-retriable-status-codes");
    public static readonly HeaderName XEnvoyRetryGrpcOn = Define("x-envoy-retry-grpc-on");
    public static readonly HeaderName XEnvoyRetryOn = Define("x-envoy-retry-on");
    public static readonly HeaderName XEnvoyUpstreamAltStatName = Define("x-envoy-upstream-alt-stat-name");
    public static readonly HeaderName XEnvoyUpstreamRqPerTryTimeoutMs = Define("x-envoy-upstream-rq-per-try-timeout-ms");
    public static readonly HeaderName XEnvoyUpstreamRqTimeoutAltResponse = Define("x-envoy-upstream-rq-timeout-alt-response");
    public static readonly HeaderName XEnvoyUpstreamRqTimeoutMs = Define("x-envoy-upstream-rq-timeout-ms");
    public static readonly HeaderName XEnvoyUpstreamServiceTime = Define("x-envoy-upstream-service-time");

    private readonly byte[] lower;

    private HeaderName(ushort id, string name)
    {
        Id = id;
        Name = name;
        lower = Encoding.ASCII.GetBytes(name);
    }

    /// <summary>1 and up; 0 is the id of every name that is not listed.</summary>
    public ushort Id { get; }

    /// <summary>The name in lower case.</summary>
    public string Name { get; }

    public ReadOnlySpan<byte> Bytes => lower;

    /// <summary>The known name equal to <paramref name="name"/> in any case, or null.</summary>
    public static HeaderName? Find(ReadOnlySpan<byte> name)
    {
        if (!ByLength.TryGetValue(name.Length, out var candidates))
        {
            return null;
        }

        foreach (var candidate in candidates)
        {
            if (Ascii.EqualsIgnoreCase(candidate.lower, name))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>The known name with that id; the id must be one that <see cref="Find"/> gave.</summary>
    public static HeaderName FromId(ushort id) => Known[id - 1];

    public override string ToString() => Name;

    private static HeaderName Define(string name)
    {
        var header = new HeaderName((ushort)(Known.Count + 1), name);
        Known.Add(header);
        if (!ByLength.TryGetValue(name.Length, out var sameLength))
        {
            ByLength[name.Length] = sameLength = [];
        }

        sameLength.Add(header);
        return header;
    }
}
