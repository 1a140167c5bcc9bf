namespace MeshSim.ProxyRuntime.Core;

/// <summary>Asks by gRPC: envoy.service.auth.v3.Authorization.Check.</summary>
internal sealed class ExtAuthzGrpcClient : ExtAuthzClient
{
    private readonly GrpcMethod method;
    private readonly CheckRequestWriter writer;
    private readonly long timeoutNs;

    public ExtAuthzGrpcClient(WorkerContext context, GrpcServiceSnapshot service)
    {
        method = new GrpcMethod(context, service, "/envoy.service.auth.v3.Authorization/Check");
        writer = new CheckRequestWriter();
        timeoutNs = service.TimeoutNs ?? ExtAuthzService.TimeoutNsDefault;
    }

    public override bool TrySend(ExtAuthzCheck check, IAsyncCallbacks callbacks, ref AsyncStream? running)
    {
        writer.Write(check);
        if (method.New(check.Message.Memory, check.Stream.Info, timeoutNs, callbacks) is not { } request)
        {
            return false;
        }

        running = request;
        request.CopyBody(check.Stream, check.Message.BytesAhead);
        request.Start(endStream: false, complete: true);
        return true;
    }

    public override void Read(AsyncStream request, bool failed, ExtAuthzResponse response)
    {
        var reply = method.ReplyOf(request, failed);
        if (!reply.IsOk)
        {
            return;
        }

        if (!CheckResponseReader.TryRead(reply.Message, response))
        {
            response.Clear();
        }
    }
}
