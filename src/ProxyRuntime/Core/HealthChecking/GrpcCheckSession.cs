using System.Buffers.Binary;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>grpc_health_check of one host: <c>grpc.health.v1.Health/Check</c> must answer SERVING.</summary>
internal sealed class GrpcCheckSession(HealthChecker checker, HostChecks checks, GrpcProbeSnapshot probe) : HealthCheckSession(checker, checks)
{
    private const ulong Serving = 1;

    /// <summary>More than any answer needs.</summary>
    private const int MaxContent = 64 * 1024;

    private readonly ByteQueue content = new();
    private readonly byte[] request = Request(probe.ServiceName);
    private ulong? status;
    private bool isUnderWay;
    private bool isGoingAway;

    private bool ClosesAfterwards => isGoingAway || !Checker.Settings.ReuseConnection;

    protected override void OnInterval()
    {
        isUnderWay = true;
        if (IsConnected)
        {
            SendRequest();
        }
        else if (!HasConnection)
        {
            Open();
        }
    }

    protected override void OnConnected() => SendRequest();

    protected override void OnResponse(in ProbeEvent found)
    {
        if (found.Kind == ProbeEventKind.GoAway && !isUnderWay)
        {
            Close();
        }

        if (!isUnderWay)
        {
            return;
        }

        switch (found.Kind)
        {
            case ProbeEventKind.Headers:
                OnHeaders(found.Head!, found.EndStream);
                break;
            case ProbeEventKind.Data:
                OnData(found.Content.Span, found.EndStream);
                break;
            case ProbeEventKind.Trailers:
                Complete(GrpcMessages.Status(found.Head!) == 0, hasEnded: true);
                break;
            case ProbeEventKind.GoAway:
                isGoingAway = true;
                break;
            default:
                OnReset();
                break;
        }
    }

    protected override void OnClosed()
    {
        if (isUnderWay)
        {
            Reset();
            HandleFailure(HealthCheckFailure.Network);
        }
    }

    /// <summary>A connection that can be used again is kept; only the request ends.</summary>
    protected override void OnTimeout()
    {
        var closes = ClosesAfterwards || !IsConnected;
        Reset();
        if (closes)
        {
            Close();
        }
        else
        {
            Cancel();
        }
    }

    private void SendRequest()
    {
        var head = ProbeRequests.New("POST", Checker.HostHeader(Host, probe.Authority), "/grpc.health.v1.Health/Check");
        head.Add(HeaderName.Te, "trailers"u8);
        head.Add(HeaderName.ContentType, "application/grpc"u8);
        head.Add(HeaderName.UserAgent, "Envoy/HC"u8);
        ProbeRequests.Mutate(head, probe.InitialMetadata, Checker.Context, Checker.Cluster, Host);
        GrpcMessages.WriteTimeout(head, Checker.Settings.TimeoutNs / MonotonicTime.NanosecondsPerMillisecond);
        head.Add(HeaderName.Scheme, "http"u8);
        Send(head, request);
    }

    private void OnHeaders(HeaderMap head, bool endStream)
    {
        if (head.StatusCode() != 200 || (!endStream && !GrpcMessages.IsGrpc(head)))
        {
            Complete(isOk: false, endStream);
        }
        else if (endStream)
        {
            Complete(GrpcMessages.Status(head) == 0, hasEnded: true);
        }
    }

    private void OnData(ReadOnlySpan<byte> bytes, bool endStream)
    {
        if (endStream || content.Length + bytes.Length > MaxContent)
        {
            Complete(isOk: false, endStream);
            return;
        }

        content.Append(bytes);
        while (content.Length >= GrpcMessages.FrameHeaderLength)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(content.Span[1..]);
            if (length > (uint)(content.Length - GrpcMessages.FrameHeaderLength))
            {
                return;
            }

            if (!ReadFrame(content.Span[0], content.Span.Slice(GrpcMessages.FrameHeaderLength, (int)length)))
            {
                Complete(isOk: false, hasEnded: false);
                return;
            }

            content.Consume(GrpcMessages.FrameHeaderLength + (int)length);
        }
    }

    /// <summary>Empty messages are passed over; there is one other at most.</summary>
    private bool ReadFrame(byte flags, ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty)
        {
            return flags <= 1;
        }

        if (flags != 0 || status is not null)
        {
            return false;
        }

        status = 0;
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            if (reader.Is(1, ProtoWireType.Varint))
            {
                status = reader.Number;
            }
        }

        return !reader.Failed;
    }

    /// <param name="isOk">The status of the call is OK.</param>
    /// <param name="hasEnded">The response is over; otherwise it is broken off.</param>
    private void Complete(bool isOk, bool hasEnded)
    {
        var isServing = isOk && status == Serving;
        var closes = ClosesAfterwards;
        Reset();
        if (isServing)
        {
            HandleSuccess(isDegraded: false);
        }
        else
        {
            HandleFailure(HealthCheckFailure.Active);
        }

        if (closes)
        {
            Close();
        }
        else if (!hasEnded && HasConnection)
        {
            Cancel();
        }
    }

    private void OnReset()
    {
        var closes = ClosesAfterwards;
        Reset();
        if (closes)
        {
            Close();
        }

        HandleFailure(HealthCheckFailure.Network);
    }

    private void Reset()
    {
        isUnderWay = isGoingAway = false;
        status = null;
        content.Clear();
    }

    private static byte[] Request(string service)
    {
        var writer = new ProtoWriter();
        var frame = writer.BeginFrame();
        if (service.Length > 0)
        {
            writer.WriteBytes(1, Encoding.UTF8.GetBytes(service));
        }

        writer.EndFrame(frame);
        return writer.Span.ToArray();
    }
}
