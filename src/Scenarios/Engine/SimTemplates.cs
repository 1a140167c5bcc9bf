using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>The header maps of simulated messages, made once and shared: a request costs no copy of its headers.</summary>
internal sealed class SimTemplates
{
    private readonly RequestHeads[] requests;
    private readonly Dictionary<(int Code, int Bytes), ServiceAnswer> answers = [];

    /// <param name="synthetic">What was made up for the run, by template.</param>
    public SimTemplates(Scenario scenario, IReadOnlyList<SyntheticRequests?> synthetic) =>
        requests = [.. scenario.Templates.Select((template, number) => template.Heads(synthetic[number]))];

    /// <param name="template">Which of <see cref="Scenario.Templates"/>.</param>
    /// <param name="key">Which of the keys of its load.</param>
    public HeaderMap Request(int template, int key) => requests[template].Head(key);

    /// <summary>Body bytes of a request.</summary>
    public int RequestBytes(int template, int key) => requests[template].ContentLength(key);

    /// <param name="code"><see cref="ServiceAnswer.Code"/>.</param>
    /// <param name="bytes">How long bodies of that service are.</param>
    public ServiceAnswer Answer(int code, int bytes)
    {
        if (!answers.TryGetValue((code, bytes), out var answer))
        {
            answers[(code, bytes)] = answer = Make(code >> 16, code & 0xFFFF, bytes);
        }

        return answer;
    }

    private static ServiceAnswer Make(int kind, int status, int bytes)
    {
        if ((kind & ServiceAnswer.Grpc) != 0 && status == 200)
        {
            return GrpcAnswer(kind, bytes);
        }

        var head = new HeaderMap();
        head.Set(HeaderName.Status, status);
        head.Set(HeaderName.ContentLength, bytes);
        return new ServiceAnswer(head.Freeze(), bytes, Content(kind, bytes), null);
    }

    /// <summary>A message and status OK. Where the proxy itself asks, the message is empty: no limit is reached, nothing is denied.</summary>
    private static ServiceAnswer GrpcAnswer(int kind, int bytes)
    {
        const int frameHeader = 5;
        var head = new HeaderMap();
        head.Set(HeaderName.Status, 200);
        head.Add("content-type", "application/grpc");
        var trailers = new HeaderMap();
        trailers.Add("grpc-status", "0");
        var empty = (kind & ServiceAnswer.WithContent) != 0;
        return new ServiceAnswer(head.Freeze(), empty ? frameHeader : frameHeader + bytes, Content(kind, frameHeader), trailers.Freeze());
    }

    /// <summary>A body of zeros where its content matters; else null, which an array that is null would not become by itself.</summary>
    private static ReadOnlyMemory<byte>? Content(int kind, int bytes) =>
        (kind & ServiceAnswer.WithContent) != 0 ? new ReadOnlyMemory<byte>(new byte[bytes]) : default(ReadOnlyMemory<byte>?);
}
