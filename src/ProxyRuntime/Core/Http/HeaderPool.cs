namespace MeshSim.ProxyRuntime.Core;

/// <summary>Header maps in reuse. Keeps as many as were ever in use at once.</summary>
internal sealed class HeaderPool
{
    private readonly Stack<HeaderMap> free = new();

    public HeaderMap Rent() => free.TryPop(out var map) ? map : new HeaderMap();

    public void Return(HeaderMap map)
    {
        map.Reset();
        free.Push(map);
    }
}
