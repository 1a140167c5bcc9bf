namespace MeshSim.ProxyRuntime.Core;

/// <summary>Makes the filter that belongs to a kind of settings, one for each stream; what streams share is made once.</summary>
internal sealed class HttpFilterFactory
{
    private readonly string name;
    private readonly Func<HttpFilter> make;

    private HttpFilterFactory(string name, Func<HttpFilter> make)
    {
        this.name = name;
        this.make = make;
    }

    public static HttpFilterFactory Of(WorkerContext context, ConnectionManager manager, HttpFilterSnapshot filter) =>
        new(filter.Name, Maker(context, manager, filter));

    public HttpFilter Create()
    {
        var filter = make();
        filter.Name = name;
        return filter;
    }

    private static Func<HttpFilter> Maker(WorkerContext context, ConnectionManager manager, HttpFilterSnapshot filter)
    {
        switch (filter.Settings)
        {
            case RouterSettings router:
                return () => new RouterFilter(context, manager, router);
            case PassThroughSettings:
                return static () => new PassThroughFilter();
            case JwtAuthnSettings jwt:
                var jwtState = new JwtAuthnState(context, manager.Snapshot.StatPrefix, jwt);
                return () => new JwtAuthnFilter(context, jwtState);
            case ExtAuthzSettings authz:
                var authzState = new ExtAuthzState(context, manager.Snapshot.StatPrefix, authz);
                return () => new ExtAuthzFilter(context, authzState);
            case FaultSettings fault:
                var faults = new FaultScope(context, manager, fault);
                return () => new FaultFilter(context, faults);
            case LocalRateLimitSettings local:
                var limits = new LocalRateLimitScope(context, manager, local);
                return () => new LocalRateLimitFilter(context, limits);
            case RateLimitSettings global:
                var service = new RateLimitScope(context, global);
                return () => new RateLimitFilter(context, service);
            case BufferSettings buffer:
                return () => new BufferFilter(buffer);
            case HealthCheckSettings healthCheck:
                var checks = new HealthCheckScope(context, manager, healthCheck);
                return () => new HealthCheckFilter(context, checks);
            case HeaderMutationSettings mutation:
                return () => new HeaderMutationFilter(context, mutation);
            case RbacSettings rbac:
                var rules = new RbacScope(context, manager, rbac);
                return () => new RbacFilter(rules);
            case CorsSettings:
                var cors = new CorsScope(context, manager);
                return () => new CorsFilter(context, cors);
            case StatefulSessionSettings session:
                var sessions = new StatefulSessionScope(context, manager, session);
                return () => new StatefulSessionFilter(context, sessions);
            case ICustomFilterSettings custom:
                return () => custom.CreateFor(context);
            default:
                throw new InvalidOperationException($"No HTTP filter for {filter.Settings.GetType().Name} ('{filter.Name}').");
        }
    }
}

/// <summary>Settings that bring their own filter: how a test puts one into a chain.</summary>
internal interface ICustomFilterSettings : IHttpFilterSettings
{
    HttpFilter Create();

    HttpFilter CreateFor(WorkerContext context) => Create();
}
