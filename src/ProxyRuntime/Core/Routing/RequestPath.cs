namespace MeshSim.ProxyRuntime.Core;

/// <summary>Parts of a request target.</summary>
internal static class RequestPath
{
    /// <summary>What stands before the first <c>?</c> or <c>#</c>.</summary>
    public static ReadOnlySpan<byte> WithoutQuery(ReadOnlySpan<byte> target)
    {
        var end = target.IndexOfAny((byte)'?', (byte)'#');
        return end < 0 ? target : target[..end];
    }
}
