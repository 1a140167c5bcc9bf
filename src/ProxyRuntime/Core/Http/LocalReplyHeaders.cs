namespace MeshSim.ProxyRuntime.Core;

/// <summary>The headers of a local reply, before the common ones are added.</summary>
internal static class LocalReplyHeaders
{
    public static void Write(HeaderMap head, in LocalReply reply)
    {
        head.Set(HeaderName.Status, reply.Status);
        head.Set(HeaderName.ContentLength, reply.Body.Length);
        if (!reply.Body.IsEmpty)
        {
            head.Add(HeaderName.ContentType, "text/plain"u8);
        }

        if (reply.Overloaded)
        {
            head.Add(HeaderName.XEnvoyOverloaded, "true"u8);
        }
    }
}
