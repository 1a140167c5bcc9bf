namespace MeshSim.ProxyRuntime.Core;

/// <summary>The protocol a downstream connection speaks, as <c>%PROTOCOL%</c> prints it.</summary>
public enum HttpProtocol : byte
{
    Http10,
    Http11,
    Http2,
}
