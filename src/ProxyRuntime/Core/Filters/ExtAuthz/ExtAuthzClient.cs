namespace MeshSim.ProxyRuntime.Core;

/// <summary>Asks a service and reads its answer. One for each service and worker.</summary>
internal abstract class ExtAuthzClient
{
    /// <summary>Sends the question; null: the service's cluster is not there. The answer may come at once.</summary>
    /// <param name="running">Set before anything can come back.</param>
    public abstract bool TrySend(ExtAuthzCheck check, IAsyncCallbacks callbacks, ref AsyncStream? running);

    /// <summary>Reads the answer into a response that is empty.</summary>
    public abstract void Read(AsyncStream request, bool failed, ExtAuthzResponse response);

    public static ExtAuthzClient Of(ExtAuthzService service, WorkerContext context) =>
        service switch
        {
            ExtAuthzGrpcService grpc => new ExtAuthzGrpcClient(context, grpc.Grpc),
            ExtAuthzHttpService http => new ExtAuthzHttpClient(context, http),
            _ => throw new InvalidOperationException($"No client for {service.GetType().Name}."),
        };
}
