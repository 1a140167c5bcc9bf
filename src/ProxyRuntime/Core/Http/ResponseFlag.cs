using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Why a response is what it is: the two-letter flags of Envoy's access log.</summary>
public enum ResponseFlag : byte
{
    None,
    NoHealthyUpstream,
    UpstreamConnectionFailure,
    UpstreamOverflow,
    NoRouteFound,
    UpstreamRetryLimitExceeded,
    NoClusterFound,
    DurationTimeout,
    DownstreamConnectionTermination,
    UpstreamRequestTimeout,
    LocalReset,
    UpstreamRemoteReset,
    UpstreamConnectionTermination,
    StreamIdleTimeout,
    DownstreamProtocolError,
    UpstreamProtocolError,
    DnsResolutionFailed,
    DownstreamRemoteReset,
    FailedLocalHealthCheck,
    DelayInjected,
    FaultInjected,
    RateLimited,
    UnauthorizedExternalService,
    RateLimitServiceError,
    InvalidEnvoyRequestHeaders,
    UpstreamMaxStreamDurationReached,
    ResponseFromCacheFilter,
    NoFilterConfigFound,
    OverloadManagerTerminated,
    DropOverload,
    UnconditionalDropOverload,
}

/// <summary>Names of <see cref="ResponseFlag"/>.</summary>
public static class ResponseFlagNames
{
    private static readonly (string Short, string Long)[] Names =
    [
        ("-", "-"),
        ("UH", "NoHealthyUpstream"),
        ("UF", "UpstreamConnectionFailure"),
        ("UO", "UpstreamOverflow"),
        ("NR", "NoRouteFound"),
        ("URX", "UpstreamRetryLimitExceeded"),
        ("NC", "NoClusterFound"),
        ("DT", "DurationTimeout"),
        ("DC", "DownstreamConnectionTermination"),
        ("UT", "UpstreamRequestTimeout"),
        ("LR", "LocalReset"),
        ("UR", "UpstreamRemoteReset"),
        ("UC", "UpstreamConnectionTermination"),
        ("SI", "StreamIdleTimeout"),
        ("DPE", "DownstreamProtocolError"),
        ("UPE", "UpstreamProtocolError"),
        ("DF", "DnsResolutionFailed"),
        ("DR", "DownstreamRemoteReset"),
        ("LH", "FailedLocalHealthCheck"),
        ("DI", "DelayInjected"),
        ("FI", "FaultInjected"),
        ("RL", "RateLimited"),
        ("UAEX", "UnauthorizedExternalService"),
        ("RLSE", "RateLimitServiceError"),
        ("IH", "InvalidEnvoyRequestHeaders"),
        ("UMSDR", "UpstreamMaxStreamDurationReached"),
        ("RFCF", "ResponseFromCacheFilter"),
        ("NFCF", "NoFilterConfigFound"),
        ("OM", "OverloadManagerTerminated"),
        ("DO", "DropOverload"),
        ("UDO", "UnconditionalDropOverload"),
    ];

    private static readonly byte[][] ShortBytes = [.. Names.Select(static name => Encoding.ASCII.GetBytes(name.Short))];

    private static readonly byte[][] LongBytes = [.. Names.Select(static name => Encoding.ASCII.GetBytes(name.Long))];

    /// <summary>The short name, for example <c>UT</c>; <c>-</c> for none.</summary>
    public static string ShortName(this ResponseFlag flag) => Names[(int)flag].Short;

    /// <summary>The flag of a short name; null if there is none such.</summary>
    public static ResponseFlag? Find(string shortName)
    {
        var index = Array.FindIndex(Names, 1, name => string.Equals(name.Short, shortName, StringComparison.Ordinal));
        return index < 0 ? null : (ResponseFlag)index;
    }

    internal static ReadOnlySpan<byte> NameBytes(this ResponseFlag flag, bool isLong) => isLong ? LongBytes[(int)flag] : ShortBytes[(int)flag];
}
