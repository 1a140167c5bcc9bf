using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>A loop that sockets belong to.</summary>
internal interface ISocketLoop
{
    EventLoop Events { get; }

    /// <summary>Where its sockets' queues have their memory from.</summary>
    BufferPool Buffers { get; }

    /// <summary>The socket has something to send before the loop waits.</summary>
    void Touched(LoopSocket socket);
}
