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
}

/// <summary>Short names of <see cref="ResponseFlag"/>.</summary>
public static class ResponseFlagNames
{
    private static readonly string[] Short = ["-", "UH", "UF", "UO", "NR", "URX", "NC", "DT", "DC", "UT", "LR", "UR", "UC", "SI", "DPE", "UPE", "DF", "DR"];

    private static readonly byte[][] ShortBytes = Array.ConvertAll(Short, Encoding.ASCII.GetBytes);

    /// <summary>The short name, for example <c>UT</c>; <c>-</c> for none.</summary>
    public static string ShortName(this ResponseFlag flag) => Short[(int)flag];

    internal static ReadOnlySpan<byte> ShortNameBytes(this ResponseFlag flag) => ShortBytes[(int)flag];
}
