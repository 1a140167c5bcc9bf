namespace MeshSim.ProxyRuntime.Core;

/// <summary>How a format is compiled.</summary>
public sealed record FormatOptions
{
    public static readonly FormatOptions Default = new();

    /// <summary>omit_empty_values: what is not known leaves nothing instead of <c>-</c>, and in JSON no field. Default false.</summary>
    public bool OmitEmptyValues { get; init; }

    /// <summary>envoy.formatter.req_without_query stands among the formatters: only then there is an operator REQ_WITHOUT_QUERY. Default false.</summary>
    public bool ReqWithoutQuery { get; init; }

    /// <summary>What HOSTNAME, ENVIRONMENT and the _LOCAL times say. Default: nothing is known, local time is UTC.</summary>
    public FormatEnvironment Environment { get; init; } = FormatEnvironment.None;
}

/// <summary>What formats read of the machine, once, when they are compiled.</summary>
/// <param name="HostName">HOSTNAME; null if unknown.</param>
/// <param name="Variables">ENVIRONMENT.</param>
/// <param name="LocalTime">START_TIME_LOCAL and EMIT_TIME_LOCAL.</param>
public sealed record FormatEnvironment(string? HostName, IReadOnlyDictionary<string, string> Variables, TimeZoneInfo LocalTime)
{
    public static readonly FormatEnvironment None = new(null, new SortedDictionary<string, string>(StringComparer.Ordinal), TimeZoneInfo.Utc);
}
