using System.Text;
using System.Text.Json.Nodes;
using MeshSim.Scenarios.Engine;

namespace MeshSim.Scenarios.Play;

/// <summary>Bytes as they are, part by part, on one connection, and everything that comes back.</summary>
internal sealed class RawExchange : IWirePeer
{
    private readonly WireSimulation simulation;
    private readonly RawStep step;
    private readonly HttpText responses = new(isResponse: true);
    private readonly WireConnection connection;
    private bool closed;

    public RawExchange(WireSimulation simulation, int listener, RawStep step)
    {
        this.simulation = simulation;
        this.step = step;
        connection = simulation.Connect(listener, this);
    }

    /// <summary>Plays all parts; to be called once.</summary>
    public JsonObject Run()
    {
        foreach (var part in step.Parts)
        {
            var bytes = Encoding.Latin1.GetBytes(part.Text);
            for (var i = 0; i < part.Times; i++)
            {
                connection.Send(bytes);
            }

            _ = simulation.RunUntil(simulation.NowNs + part.WaitNs, () => closed);
        }

        var told = new JsonArray();
        while (responses.IsResponseNext && responses.TryTake(endOfInput: true, step.Head))
        {
            told.Add(Told());
            if (responses.Status == 101)
            {
                break;
            }
        }

        if (responses.HasHead)
        {
            told.Add(Told()); // Its body never ended.
        }

        var result = new JsonObject
        {
            ["responses"] = told,
            ["rest"] = responses.Rest,
            ["closed"] = closed,
        };
        connection.Close();
        return result;
    }

    public void OnConnected(WireConnection connection) { }

    public void OnBytes(WireConnection connection, ReadOnlySpan<byte> bytes) => responses.Append(bytes);

    public void OnClosed(WireConnection connection) => closed = true;

    private JsonObject Told()
    {
        var response = new JsonObject
        {
            ["line"] = string.Join(' ', responses.FirstLine.Split(' ').Take(2)),
            ["headers"] = Mask.Headers(responses.Headers),
            ["body"] = responses.HasHead ? "" : responses.Body,
        };
        if (responses.Trailers is { } trailers && !responses.HasHead)
        {
            response["trailers"] = trailers;
        }

        return response;
    }
}
