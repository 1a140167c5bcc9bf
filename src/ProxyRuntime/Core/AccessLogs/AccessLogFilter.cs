using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>config.accesslog.v3.AccessLogFilter: which requests are logged. Also chooses the mapper of a local reply.</summary>
public abstract record AccessLogFilter
{
    internal abstract bool Matches(StreamInfo info, WorkerContext context);
}

/// <summary>ComparisonFilter.op.</summary>
public enum ComparisonOp : byte
{
    Equal,
    GreaterOrEqual,
    LessOrEqual,
    NotEqual,
}

/// <summary>ComparisonFilter: a number against one that the runtime may override.</summary>
public sealed record Comparison(ComparisonOp Op, ulong Default, string RuntimeKey)
{
    internal bool Holds(long number, RuntimeSnapshot runtime)
    {
        var value = (long)Math.Min(runtime.Integer(RuntimeKey, Default), long.MaxValue);
        return Op switch
        {
            ComparisonOp.GreaterOrEqual => number >= value,
            ComparisonOp.LessOrEqual => number <= value,
            ComparisonOp.NotEqual => number != value,
            _ => number == value,
        };
    }
}

/// <summary>status_code_filter: no response counts as 0.</summary>
public sealed record StatusCodeFilter(Comparison Comparison) : AccessLogFilter
{
    internal override bool Matches(StreamInfo info, WorkerContext context) => Comparison.Holds(info.ResponseCode, context.Runtime);
}

/// <summary>duration_filter: milliseconds from start to end, or so far.</summary>
public sealed record DurationFilter(Comparison Comparison) : AccessLogFilter
{
    internal override bool Matches(StreamInfo info, WorkerContext context) =>
        Comparison.Holds(
            (info.End == MonotonicTime.Never ? context.Now : info.End).Since(info.Start) / MonotonicTime.NanosecondsPerMillisecond,
            context.Runtime
        );
}

/// <summary>not_health_check_filter.</summary>
public sealed record NotHealthCheckFilter : AccessLogFilter
{
    internal override bool Matches(StreamInfo info, WorkerContext context) => !info.IsHealthCheck;
}

/// <summary>traceable_filter: a service has asked for the trace (x-envoy-force-trace).</summary>
public sealed record TraceableFilter : AccessLogFilter
{
    internal override bool Matches(StreamInfo info, WorkerContext context) => info.TraceReason == TraceReason.ServiceForced;
}

/// <summary>runtime_filter: a share of the requests, by the number of the request id unless independent randomness is asked for.</summary>
public sealed record RuntimeFilter(string RuntimeKey, FractionalPercent PercentSampled, bool IndependentRandomness) : AccessLogFilter
{
    internal override bool Matches(StreamInfo info, WorkerContext context)
    {
        var random = IndependentRandomness || info.RequestIdNumber is null ? context.RuntimeRandom.NextUInt64() : info.RequestIdNumber.Value;
        return context.Runtime.FeatureEnabled(RuntimeKey, PercentSampled, random);
    }
}

/// <summary>and_filter.</summary>
public sealed record AndFilter(ImmutableArray<AccessLogFilter> Filters) : AccessLogFilter
{
    internal override bool Matches(StreamInfo info, WorkerContext context)
    {
        foreach (var filter in Filters)
        {
            if (!filter.Matches(info, context))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>or_filter.</summary>
public sealed record OrFilter(ImmutableArray<AccessLogFilter> Filters) : AccessLogFilter
{
    internal override bool Matches(StreamInfo info, WorkerContext context)
    {
        foreach (var filter in Filters)
        {
            if (filter.Matches(info, context))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>header_filter: a header of the request.</summary>
public sealed record HeaderFilter(HeaderMatcher Header) : AccessLogFilter
{
    internal override bool Matches(StreamInfo info, WorkerContext context) => Header.Matches(info.RequestHeaders);
}

/// <summary>response_flag_filter: one of these flags; an empty list means any.</summary>
public sealed record ResponseFlagFilter(ImmutableArray<ResponseFlag> Flags) : AccessLogFilter
{
    internal override bool Matches(StreamInfo info, WorkerContext context)
    {
        if (Flags.IsEmpty)
        {
            return !info.Flags.IsEmpty;
        }

        foreach (var flag in Flags)
        {
            if (info.Flags.Has(flag))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>grpc_status_filter: by status of trailers, headers, or what stands for the HTTP status.</summary>
public sealed record GrpcStatusFilter(ImmutableArray<int> Statuses, bool Exclude) : AccessLogFilter
{
    internal override bool Matches(StreamInfo info, WorkerContext context) => Statuses.Contains(GrpcStatusOf.Stream(info) ?? 2) != Exclude;
}

/// <summary>metadata_filter: dynamic metadata that fits; where there is none, what match_if_key_not_found says.</summary>
public sealed record MetadataFilter(MetadataMatcher Matcher, bool MatchIfKeyNotFound) : AccessLogFilter
{
    internal override bool Matches(StreamInfo info, WorkerContext context)
    {
        var value = info.DynamicMetadata.Get(Matcher.Filter)?.At(Matcher.Path.AsSpan());
        return value is null or { Kind: MetadataKind.Null } ? MatchIfKeyNotFound : Matcher.Matches(info.DynamicMetadata);
    }
}

/// <summary>log_type_filter: entries here are written at the end of a request, or of a connection of a TCP proxy.</summary>
/// <param name="HasDownstreamEnd">DownstreamEnd is among types.</param>
/// <param name="HasTcpConnectionEnd">TcpConnectionEnd is among types.</param>
/// <param name="Exclude">exclude: those of types are left out, instead of all others.</param>
public sealed record LogTypeFilter(bool HasDownstreamEnd, bool HasTcpConnectionEnd, bool Exclude) : AccessLogFilter
{
    internal override bool Matches(StreamInfo info, WorkerContext context) =>
        (info.LogType == LogEntryType.TcpConnectionEnd ? HasTcpConnectionEnd : HasDownstreamEnd) != Exclude;
}
