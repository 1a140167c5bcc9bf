using System.Collections.Immutable;
using Envoy.Config.Accesslog.V3;
using Envoy.Data.Accesslog.V3;
using MeshSim.ProxyRuntime.Core;
using AccessLogFilter = MeshSim.ProxyRuntime.Core.AccessLogFilter;
using AndFilter = MeshSim.ProxyRuntime.Core.AndFilter;
using DurationFilter = MeshSim.ProxyRuntime.Core.DurationFilter;
using FilterMessage = Envoy.Config.Accesslog.V3.AccessLogFilter;
using GrpcStatusFilter = MeshSim.ProxyRuntime.Core.GrpcStatusFilter;
using HeaderFilter = MeshSim.ProxyRuntime.Core.HeaderFilter;
using LogTypeFilter = MeshSim.ProxyRuntime.Core.LogTypeFilter;
using MetadataFilter = MeshSim.ProxyRuntime.Core.MetadataFilter;
using NotHealthCheckFilter = MeshSim.ProxyRuntime.Core.NotHealthCheckFilter;
using OrFilter = MeshSim.ProxyRuntime.Core.OrFilter;
using ResponseFlagFilter = MeshSim.ProxyRuntime.Core.ResponseFlagFilter;
using RuntimeFilter = MeshSim.ProxyRuntime.Core.RuntimeFilter;
using StatusCodeFilter = MeshSim.ProxyRuntime.Core.StatusCodeFilter;
using TraceableFilter = MeshSim.ProxyRuntime.Core.TraceableFilter;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Filters of access logs and of local replies.</summary>
internal sealed class AccessLogFilterBuilder(BuildContext context)
{
    /// <summary>The filter; null, with a problem, if it is none or not supported yet.</summary>
    public AccessLogFilter? Build(FilterMessage filter)
    {
        switch (filter.FilterSpecifierCase)
        {
            case FilterMessage.FilterSpecifierOneofCase.StatusCodeFilter:
                return Comparison(filter.StatusCodeFilter.Comparison) is { } status ? new StatusCodeFilter(status) : null;
            case FilterMessage.FilterSpecifierOneofCase.DurationFilter:
                return Comparison(filter.DurationFilter.Comparison) is { } duration ? new DurationFilter(duration) : null;
            case FilterMessage.FilterSpecifierOneofCase.NotHealthCheckFilter:
                return new NotHealthCheckFilter();
            case FilterMessage.FilterSpecifierOneofCase.TraceableFilter:
                return new TraceableFilter();
            case FilterMessage.FilterSpecifierOneofCase.RuntimeFilter:
                return new RuntimeFilter(
                    filter.RuntimeFilter.RuntimeKey,
                    MatcherBuilder.Percent(filter.RuntimeFilter.PercentSampled, FractionalPercent.Never),
                    filter.RuntimeFilter.UseIndependentRandomness
                );
            case FilterMessage.FilterSpecifierOneofCase.AndFilter:
                return new AndFilter(All(filter.AndFilter.Filters));
            case FilterMessage.FilterSpecifierOneofCase.OrFilter:
                return new OrFilter(All(filter.OrFilter.Filters));
            case FilterMessage.FilterSpecifierOneofCase.HeaderFilter:
                return new MatcherBuilder(context).Header(filter.HeaderFilter.Header) is { } header ? new HeaderFilter(header) : null;
            case FilterMessage.FilterSpecifierOneofCase.ResponseFlagFilter:
                return new ResponseFlagFilter([.. filter.ResponseFlagFilter.Flags.Select(static flag => ResponseFlagNames.Find(flag)).OfType<ResponseFlag>()]);
            case FilterMessage.FilterSpecifierOneofCase.GrpcStatusFilter:
                return new GrpcStatusFilter([.. filter.GrpcStatusFilter.Statuses.Select(static status => (int)status)], filter.GrpcStatusFilter.Exclude);
            case FilterMessage.FilterSpecifierOneofCase.MetadataFilter:
                return Metadata(filter.MetadataFilter);
            case FilterMessage.FilterSpecifierOneofCase.LogTypeFilter:
                return new LogTypeFilter(
                    filter.LogTypeFilter.Types_.Contains(AccessLogType.DownstreamEnd),
                    filter.LogTypeFilter.Types_.Contains(AccessLogType.TcpConnectionEnd),
                    filter.LogTypeFilter.Exclude
                );
            case FilterMessage.FilterSpecifierOneofCase.ExtensionFilter:
                context.NotSupported(filter, "extension_filter", "the other filters");
                return null;
            default:
                return null;
        }
    }

    private ImmutableArray<AccessLogFilter> All(IEnumerable<FilterMessage> filters) => [.. filters.Select(Build).OfType<AccessLogFilter>()];

    private static Comparison? Comparison(ComparisonFilter? filter) =>
        filter?.Value is { } value ? new Comparison((ComparisonOp)(int)filter.Op, value.DefaultValue, value.RuntimeKey) : null;

    /// <summary>Without a matcher nothing is ever found.</summary>
    private MetadataFilter Metadata(Envoy.Config.Accesslog.V3.MetadataFilter filter) =>
        new(new MetadataBuilder(context).Matcher(filter.Matcher) ?? new MetadataMatcher("", [], new PresenceMatcher(true)), filter.MatchIfKeyNotFound ?? true);
}
