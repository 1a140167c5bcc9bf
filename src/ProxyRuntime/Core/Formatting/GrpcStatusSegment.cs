using System.Buffers.Text;

namespace MeshSim.ProxyRuntime.Core;

internal enum GrpcStatusForm : byte
{
    Camel,
    Snake,
    Number,
}

/// <summary>
/// GRPC_STATUS: of trailers, else of headers, else what stands for the HTTP status, for gRPC requests only. Numbers that gRPC does not
/// name are printed as they are; what is no number is −1.
/// </summary>
internal sealed class GrpcStatusSegment(GrpcStatusForm form) : FormatSegment
{
    private static readonly (string Camel, string Snake)[] Names =
    [
        ("OK", "OK"),
        ("Canceled", "CANCELLED"),
        ("Unknown", "UNKNOWN"),
        ("InvalidArgument", "INVALID_ARGUMENT"),
        ("DeadlineExceeded", "DEADLINE_EXCEEDED"),
        ("NotFound", "NOT_FOUND"),
        ("AlreadyExists", "ALREADY_EXISTS"),
        ("PermissionDenied", "PERMISSION_DENIED"),
        ("ResourceExhausted", "RESOURCE_EXHAUSTED"),
        ("FailedPrecondition", "FAILED_PRECONDITION"),
        ("Aborted", "ABORTED"),
        ("OutOfRange", "OUT_OF_RANGE"),
        ("Unimplemented", "UNIMPLEMENTED"),
        ("Internal", "INTERNAL"),
        ("Unavailable", "UNAVAILABLE"),
        ("DataLoss", "DATA_LOSS"),
        ("Unauthenticated", "UNAUTHENTICATED"),
    ];

    public override bool Write(StreamInfo info, ByteBuffer output)
    {
        if (Status(info) is not { } status)
        {
            return false;
        }

        if (form == GrpcStatusForm.Number || status < 0 || status >= Names.Length)
        {
            output.AppendNumber(status);
        }
        else
        {
            output.AppendText(form == GrpcStatusForm.Camel ? Names[status].Camel : Names[status].Snake);
        }

        return true;
    }

    public override bool WriteJson(StreamInfo info, ByteBuffer output)
    {
        if (form != GrpcStatusForm.Number)
        {
            return base.WriteJson(info, output);
        }

        if (Status(info) is not { } status)
        {
            return false;
        }

        JsonText.AppendNumber(output, status);
        return true;
    }

    private static long? Status(StreamInfo info)
    {
        if (!GrpcMessages.IsGrpc(info.RequestHeaders))
        {
            return null;
        }

        return Read(info.ResponseTrailers) ?? Read(info.ResponseHeaders) ?? (info.ResponseCode > 0 ? GrpcMessages.FromHttp(info.ResponseCode) : null);
    }

    private static long? Read(HeaderMap? map)
    {
        var text = map is null ? default : map.Get(HeaderName.GrpcStatus);
        if (text.IsEmpty)
        {
            return null;
        }

        return Utf8Parser.TryParse(text, out ulong status, out var used) && used == text.Length ? (long)status : -1;
    }
}
