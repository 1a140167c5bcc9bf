namespace MeshSim.ProxyRuntime.Core;

/// <summary>The gRPC status of a request that is over.</summary>
internal static class GrpcStatusOf
{
    /// <summary>From the trailers, else the headers, else what stands for the HTTP status; null if nothing was answered.</summary>
    public static int? Stream(StreamInfo info)
    {
        if (info.ResponseTrailers is { } trailers && GrpcMessages.Status(trailers) is { } inTrailers)
        {
            return inTrailers;
        }

        if (info.ResponseHeaders is { } head && GrpcMessages.Status(head) is { } inHeaders)
        {
            return inHeaders;
        }

        return info.ResponseCode > 0 ? GrpcMessages.FromHttp(info.ResponseCode) : null;
    }
}
