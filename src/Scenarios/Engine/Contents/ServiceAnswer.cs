using System.Buffers.Binary;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>What a service answers with: a head, so many bytes, and for gRPC an empty message and its status.</summary>
/// <param name="Content">The body where its content matters; null where its length is all.</param>
/// <param name="Trailers">Trailers that end it; null for none.</param>
internal sealed record ServiceAnswer(HeaderMap Head, int Bytes, ReadOnlyMemory<byte>? Content, HeaderMap? Trailers)
{
    /// <summary>The request is one of gRPC: a bit of what goes with <see cref="EventKind.Request"/> and comes back with the answer.</summary>
    public const int Grpc = 1;

    /// <summary>The content of the answer matters to the proxy.</summary>
    public const int WithContent = 2;

    private const int WorkerBits = 16;

    /// <summary>The worker an answer is for and its body bytes in one number.</summary>
    public static long WorkerAndBytes(int worker, int bytes) => ((long)bytes << WorkerBits) | (uint)worker;

    public static int WorkerOf(long code) => (int)(code & ((1 << WorkerBits) - 1));

    public static int BytesOf(long code) => (int)(code >> WorkerBits);

    /// <summary>The bits above and a status in one number.</summary>
    public static int Code(int kind, int status) => (kind << 16) | status;

    /// <summary>An answer that was judged, as bytes.</summary>
    /// <param name="kind">The bits above, of what was asked.</param>
    public static byte[] Write(JudgedAnswer answer, int kind)
    {
        var head = new HeaderMap();
        head.Set(HeaderName.Status, answer.Status);
        if (answer.IsGrpc)
        {
            head.Add("content-type", "application/grpc");
        }
        else
        {
            head.Set(HeaderName.ContentLength, answer.Body.Length);
        }

        foreach (var (name, value) in answer.Headers)
        {
            head.Add(name, value);
        }

        return QuestionBytes.Write(kind, head, answer.IsGrpc ? Framed(answer.Body) : answer.Body);
    }

    public static ServiceAnswer Read(ReadOnlySpan<byte> bytes)
    {
        var (kind, head, body) = QuestionBytes.Read(bytes);
        return new ServiceAnswer(
            head.Freeze(),
            body.Length,
            (kind & WithContent) != 0 ? new ReadOnlyMemory<byte>(body) : default(ReadOnlyMemory<byte>?),
            (kind & Grpc) != 0 ? GrpcOk : null
        );
    }

    private static HeaderMap GrpcOk { get; } = Trailer();

    private static HeaderMap Trailer()
    {
        var trailers = new HeaderMap();
        trailers.Add("grpc-status", "0");
        return trailers.Freeze();
    }

    private static byte[] Framed(byte[] message)
    {
        var framed = new byte[GrpcMessages.FrameHeaderLength + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed, GrpcMessages.FrameHeaderLength);
        return framed;
    }
}
