namespace MeshSim.ProxyRuntime.Core;

/// <summary>Statistics of one virtual cluster (<c>vhost.HOST.vcluster.NAME.</c>) or of routes with a stat_prefix (<c>vhost.HOST.route.PREFIX.</c>).</summary>
internal sealed class RequestStats(StatSheet sheet, string prefix)
{
    public Counter UpstreamRqRetry { get; } = sheet.Counter(prefix + "upstream_rq_retry");

    public Counter UpstreamRqRetryLimitExceeded { get; } = sheet.Counter(prefix + "upstream_rq_retry_limit_exceeded");

    public Counter UpstreamRqRetryOverflow { get; } = sheet.Counter(prefix + "upstream_rq_retry_overflow");

    public Counter UpstreamRqRetrySuccess { get; } = sheet.Counter(prefix + "upstream_rq_retry_success");

    public Counter UpstreamRqTimeout { get; } = sheet.Counter(prefix + "upstream_rq_timeout");

    public Counter UpstreamRqTotal { get; } = sheet.Counter(prefix + "upstream_rq_total");

    public CodeStats Codes { get; } = new(sheet, prefix);
}
