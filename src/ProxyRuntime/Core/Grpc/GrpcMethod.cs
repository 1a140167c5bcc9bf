using System.Buffers.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A unary method of a gRPC service as one worker calls it.</summary>
internal sealed class GrpcMethod
{
    private readonly WorkerContext context;
    private readonly GrpcServiceSnapshot service;
    private readonly HeaderMap template;
    private readonly Route route;

    /// <param name="path">The service's full name and the method's: <c>/package.Service/Method</c>.</param>
    public GrpcMethod(WorkerContext context, GrpcServiceSnapshot service, string path)
    {
        this.context = context;
        this.service = service;
        template = new HeaderMap();
        template.Add(":method", "POST");
        template.Add(":path", path);
        template.Add(":authority", service.Authority.Length > 0 ? service.Authority : service.Cluster);
        template.Add(":scheme", "http");
        template.Add("te", "trailers");
        template.Add("content-type", "application/grpc");
        _ = template.Freeze();
        route = AsyncRequests.RouteOf(service.RetryPolicy);
    }

    /// <summary>Begins a call; <see cref="AsyncStream.Start"/> sends it. Null: there is no such cluster, the call fails with status 14 (unavailable).</summary>
    /// <param name="frame">The message in its frame, or all of it but the bytes that the driver appends (<see cref="RequestStream.CopyBody"/>).</param>
    /// <param name="parent">The request on whose behalf the call is made.</param>
    /// <param name="timeoutNs">All attempts together, also told to the service; 0 = no limit.</param>
    /// <param name="callbacks">Who gets the answer, to be read with <see cref="ReplyOf"/>.</param>
    public AsyncStream? New(ReadOnlyMemory<byte> frame, StreamInfo parent, long timeoutNs, IAsyncCallbacks callbacks)
    {
        if (!context.Async.HasCluster(service.Cluster))
        {
            return null;
        }

        var head = context.Headers.Rent();
        head.ResetTo(template);
        if (timeoutNs > 0)
        {
            GrpcMessages.WriteTimeout(head, timeoutNs / MonotonicTime.NanosecondsPerMillisecond);
        }

        service.InitialMetadata.Apply(head, parent, context.Scratch);
        EncodeBinaryHeaders(head);
        var options = new AsyncOptions(service.Cluster, timeoutNs, WantsContent: true, route);
        var call = context.Async.New(head, options, sendForwardedFor: !service.SkipEnvoyHeaders, frame, callbacks);
        if (service.SkipEnvoyHeaders)
        {
            _ = head.Remove(HeaderName.XEnvoyInternal);
        }

        return call;
    }

    /// <summary>What came of a call.</summary>
    public GrpcReply ReplyOf(AsyncStream request, bool failed) => GrpcReply.Of(request, failed, service.MaxReceiveMessageLength);

    /// <summary>Values of headers whose name ends in <c>-bin</c> travel as Base64; of several lines the first stays.</summary>
    private void EncodeBinaryHeaders(HeaderMap head)
    {
        if (service.InitialMetadata.Add.IsEmpty)
        {
            return;
        }

        foreach (var addition in service.InitialMetadata.Add)
        {
            if (!addition.Name.Bytes.EndsWith("-bin"u8) || !head.TryGet(addition.Name, out var value))
            {
                continue;
            }

            context.Scratch.Clear();
            var text = context.Scratch.GetSpan(Base64.GetMaxEncodedToUtf8Length(value.Length));
            _ = Base64.EncodeToUtf8(value, text, out _, out var length);
            head.Set(addition.Name, text[..length]);
        }
    }
}
