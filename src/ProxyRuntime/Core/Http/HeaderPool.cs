namespace MeshSim.ProxyRuntime.Core;

/// <summary>Header maps in reuse. Keeps as many as were ever in use at once.</summary>
internal sealed class HeaderPool
{
    private readonly Stack<HeaderMap> free = new();

    /// <summary>Maps that were rented and are not returned.</summary>
    public int InUse { get; private set; }

    public HeaderMap Rent()
    {
        InUse++;
        return free.TryPop(out var map) ? map : new HeaderMap();
    }

    public void Return(HeaderMap map)
    {
        InUse--;
        map.Reset();
        free.Push(map);
    }
}
