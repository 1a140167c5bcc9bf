using System.Buffers.Binary;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What came of a unary gRPC call.</summary>
/// <param name="status">The gRPC status; 0 with a message.</param>
/// <param name="message">The message of the response, without its frame; of several the last.</param>
internal readonly ref struct GrpcReply(int status, ReadOnlySpan<byte> message)
{
    private const int Unknown = 2;
    private const int ResourceExhausted = 8;
    private const int Internal = 13;

    public int Status { get; } = status;

    public bool IsOk => Status == 0;

    public ReadOnlySpan<byte> Message { get; } = message;

    /// <summary>Reads the answer to a request that is over.</summary>
    /// <param name="failed">As the callback says: the response broke off.</param>
    /// <param name="maxLength">The longest message that is taken, 0 = any.</param>
    public static GrpcReply Of(AsyncStream request, bool failed, int maxLength = 0) =>
        failed || request.Response is not { } head ? new GrpcReply(Internal, default) : Of(head, request.Content, request.Info.ResponseTrailers, maxLength);

    /// <param name="trailers">Null for none.</param>
    public static GrpcReply Of(HeaderMap head, ReadOnlySpan<byte> content, HeaderMap? trailers, int maxLength)
    {
        var headersOnly = trailers is null && content.IsEmpty;
        if (head.StatusCode() != 200)
        {
            var said = headersOnly ? GrpcMessages.Status(head) : null;
            return new GrpcReply(said is null or 0 ? GrpcMessages.FromHttp(head.StatusCode()) : said.Value, default);
        }

        var problem = ReadFrames(content, maxLength, out var message, out var found);
        var status = problem != 0 ? problem : StatusOf(headersOnly ? head : trailers);
        return status == 0 && !found ? new GrpcReply(Internal, default) : new GrpcReply(status, message);
    }

    private static int StatusOf(HeaderMap? end) => end is null ? Unknown : GrpcMessages.Status(end) ?? Unknown;

    /// <summary>Goes through the frames that came whole. Returns 0, or the status that stands for what is wrong.</summary>
    private static int ReadFrames(ReadOnlySpan<byte> body, int maxLength, out ReadOnlySpan<byte> message, out bool found)
    {
        message = default;
        found = false;
        while (body.Length >= GrpcMessages.FrameHeaderLength)
        {
            var isCompressed = body[0] != 0;
            var length = BinaryPrimitives.ReadUInt32BigEndian(body[1..]);
            if (body[0] > 1)
            {
                return Internal;
            }

            if (maxLength > 0 && length > maxLength)
            {
                return ResourceExhausted;
            }

            if (length > (uint)(body.Length - GrpcMessages.FrameHeaderLength))
            {
                break;
            }

            if (isCompressed && length > 0)
            {
                return Internal;
            }

            message = body.Slice(GrpcMessages.FrameHeaderLength, (int)length);
            found = true;
            body = body[(GrpcMessages.FrameHeaderLength + message.Length)..];
        }

        return 0;
    }
}
