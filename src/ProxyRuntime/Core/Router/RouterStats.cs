namespace MeshSim.ProxyRuntime.Core;

/// <summary>Statistics of the router under <c>http.&lt;stat_prefix&gt;.</c>; those of the proxy's own requests under <c>http.async-client.</c></summary>
internal sealed class RouterStats
{
    public RouterStats(StatSheet sheet, string statPrefix)
    {
        Counter Named(string name) => sheet.Counter($"http.{statPrefix}.{name}");
        RqTotal = Named("rq_total");
        NoRoute = Named("no_route");
        NoCluster = Named("no_cluster");
        RqDirectResponse = Named("rq_direct_response");
        RqResetAfterDownstreamResponseStarted = Named("rq_reset_after_downstream_response_started");
        RedirectBadLocation = Named("passthrough_internal_redirect_bad_location");
        RedirectUnsafeScheme = Named("passthrough_internal_redirect_unsafe_scheme");
        RedirectTooMany = Named("passthrough_internal_redirect_too_many_redirects");
        RedirectNoRoute = Named("passthrough_internal_redirect_no_route");
        RedirectPredicate = Named("passthrough_internal_redirect_predicate");
        foreach (var name in (ReadOnlySpan<string>)["rq_redirect", "rq_overload_local_reply"])
        {
            _ = Named(name);
        }
    }

    public Counter RqTotal { get; }

    public Counter NoRoute { get; }

    public Counter NoCluster { get; }

    public Counter RqDirectResponse { get; }

    public Counter RqResetAfterDownstreamResponseStarted { get; }

    public Counter RedirectBadLocation { get; }

    public Counter RedirectUnsafeScheme { get; }

    public Counter RedirectTooMany { get; }

    public Counter RedirectNoRoute { get; }

    public Counter RedirectPredicate { get; }
}
