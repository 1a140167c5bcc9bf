namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a request's method says of the answer's body.</summary>
public enum HttpRequestKind : byte
{
    Plain,

    /// <summary>The answer has no body.</summary>
    Head,

    /// <summary>Behind a 2xx answer come bytes of another protocol.</summary>
    Connect,
}

/// <summary>Reads <see cref="HttpRequestKind"/> off a request.</summary>
public static class HttpRequestKinds
{
    public static HttpRequestKind Of(HeaderMap request)
    {
        var method = request.Get(HeaderName.Method);
        return method.SequenceEqual("HEAD"u8) ? HttpRequestKind.Head
            : method.SequenceEqual("CONNECT"u8) ? HttpRequestKind.Connect
            : HttpRequestKind.Plain;
    }
}
