using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Makes the headers and body of a local reply: route headers, local_reply_config, the form that gRPC requests get.</summary>
internal static class LocalReplyWriter
{
    /// <summary>Fills the headers and returns the body to send.</summary>
    public static ReadOnlyMemory<byte> Write(HeaderMap head, ActiveStream stream, in LocalReply reply, IResponseModifier? modifier, WorkerContext context)
    {
        var isHead = stream.RequestHeaders.Get(HeaderName.Method).SequenceEqual("HEAD"u8);
        head.Set(HeaderName.Status, reply.Status);
        var info = stream.Info;
        info.ResponseHeaders = head;
        info.ResponseCode = reply.Status;

        // Routes that forward have their say on replies too; direct responses and redirects speak for themselves.
        if (stream.Selection.Action is not null)
        {
            RouteFinalization.Response(stream.Selection, head, info, context.Scratch);
        }

        modifier?.ModifyLocalReply(head);
        var rewritten = Rewrite(head, stream, reply, context, out var contentType, out var customType);
        if (stream.IsGrpc)
        {
            WriteGrpc(head, reply, rewritten, contentType, isHead, context);
            return default;
        }

        if (rewritten.IsEmpty)
        {
            _ = head.Remove(HeaderName.ContentLength);
            _ = head.Remove(HeaderName.ContentType);
            return default;
        }

        head.Set(HeaderName.ContentLength, rewritten.Length);
        if (!head.Contains(HeaderName.ContentType) || (!rewritten.Span.SequenceEqual(reply.Body.Span) && !customType))
        {
            SetText(head, HeaderName.ContentType, contentType);
        }

        return isHead ? default : rewritten;
    }

    private static ReadOnlyMemory<byte> Rewrite(
        HeaderMap head,
        ActiveStream stream,
        in LocalReply reply,
        WorkerContext context,
        out string contentType,
        out bool customType
    )
    {
        contentType = "text/plain";
        customType = false;
        if (stream.Manager.Snapshot.LocalReply is not { } config)
        {
            return reply.Body;
        }

        var before = Encoding.Latin1.GetString(head.Get(HeaderName.ContentType));
        var info = stream.Info;
        var body = reply.Body;
        var format = config.BodyFormat;
        foreach (var mapper in config.Mappers)
        {
            if (!mapper.Filter.Matches(info, context))
            {
                continue;
            }

            if (mapper.Body is { } replacement)
            {
                body = replacement;
            }

            mapper.HeadersToAdd.Apply(head, info, context.Scratch);
            if (mapper.Status is { } status)
            {
                head.Set(HeaderName.Status, status);
                info.ResponseCode = status;
            }

            format = mapper.BodyFormat ?? format;
            break;
        }

        if (format is not null)
        {
            contentType = format.ContentType;
            context.Scratch.Clear();
            info.LocalReplyBody = body;
            format.Format.Write(info, context.Scratch);
            info.LocalReplyBody = default;
            body = context.Scratch.Span.ToArray();
        }

        customType = !string.Equals(before, Encoding.Latin1.GetString(head.Get(HeaderName.ContentType)), StringComparison.Ordinal);
        return body;
    }

    /// <summary>gRPC: HTTP 200 without a body; status and message in the headers.</summary>
    private static void WriteGrpc(HeaderMap head, in LocalReply reply, ReadOnlyMemory<byte> body, string contentType, bool isHead, WorkerContext context)
    {
        var status = head.StatusCode();
        head.Set(HeaderName.Status, 200);
        head.Set(HeaderName.ContentType, "application/grpc"u8);
        if (head.Get(HeaderName.GrpcStatus).IsEmpty)
        {
            head.Set(HeaderName.GrpcStatus, reply.GrpcStatus ?? GrpcMessages.FromHttp(status));
        }

        if (!body.IsEmpty && !isHead)
        {
            var text = body.Span;
            text = contentType == "application/json" && text[^1] == (byte)'\n' ? text[..^1] : text;
            context.Scratch.Clear();
            PercentEncoding.Write(text, context.Scratch);
            head.Set(HeaderName.GrpcMessage, context.Scratch.Span);
        }

        _ = head.Remove(HeaderName.ContentLength);
    }

    private static void SetText(HeaderMap head, HeaderName name, string text)
    {
        Span<byte> bytes = text.Length <= 256 ? stackalloc byte[text.Length] : new byte[text.Length];
        head.Set(name, bytes[..Encoding.Latin1.GetBytes(text, bytes)]);
    }
}
