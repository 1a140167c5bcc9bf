namespace MeshSim.ProxyRuntime.Core;

/// <summary>Makes the filter that belongs to a kind of settings.</summary>
internal static class HttpFilterFactory
{
    public static IHttpFilter Create(WorkerContext context, ConnectionManager manager, HttpFilterSnapshot filter) =>
        filter.Settings switch
        {
            RouterSettings router => new Router(context, manager, router),
            IHttpFilterFactory custom => custom.Create(),
            _ => throw new InvalidOperationException($"No HTTP filter for {filter.Settings.GetType().Name} ('{filter.Name}')."),
        };
}

/// <summary>Settings that bring their own filter: how a test puts one into a chain.</summary>
internal interface IHttpFilterFactory : IHttpFilterSettings
{
    IHttpFilter Create();
}
