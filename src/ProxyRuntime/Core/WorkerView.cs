namespace MeshSim.ProxyRuntime.Core;

internal sealed class WorkerView(WorkerContext context, DownstreamConnections downstream) : IWorkerView
{
    public StatSheet Stats => context.Stats;

    public int ActiveStreams => context.Streams.Count;

    public int DownstreamConnections => downstream.Count;

    public int UpstreamConnections => context.UpstreamConnections.Count + context.TcpUpstreams.Count;

    public IEnumerable<RouteConfigStatus> RouteConfigs(string listener) => downstream.RouteConfigs(listener);
}
