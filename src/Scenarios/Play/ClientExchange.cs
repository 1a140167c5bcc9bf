using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MeshSim.Scenarios.Engine;

namespace MeshSim.Scenarios.Play;

/// <summary>One request on a connection of its own, from the connection to the answer.</summary>
internal sealed class ClientExchange : IWirePeer
{
    private readonly WireSimulation simulation;
    private readonly PlayRequest request;
    private readonly long timeoutNs;
    private readonly long startNs;
    private readonly HttpText response = new(isResponse: true);
    private readonly WireConnection connection;
    private int armed;
    private bool headSeen;
    private bool connected;

    public ClientExchange(WireSimulation simulation, int listener, PlayRequest request, long timeoutNs, CasePki pki)
    {
        this.simulation = simulation;
        this.request = request;
        this.timeoutNs = timeoutNs;
        startNs = simulation.NowNs;
        connection = simulation.Connect(listener, this, request.Tls is { } tls ? new ScriptedTlsClient(tls, pki) : null);
    }

    public bool IsOver { get; private set; }

    /// <summary>What went wrong; null if nothing did.</summary>
    public string? Error { get; private set; }

    /// <summary>The status; null if there was no answer.</summary>
    public int? Status { get; private set; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; private set; } = [];

    public string Body { get; private set; } = "";

    /// <summary>Virtual milliseconds from the begin to the end.</summary>
    public long Milliseconds { get; private set; }

    /// <summary>What the handshake agreed on, as the harness tells it; null without TLS.</summary>
    public JsonObject? Tls { get; private set; }

    public void OnConnected(WireConnection connection)
    {
        connected = true;
        if (connection.Tls is { Client.Info: { } info } tls)
        {
            Tls = new JsonObject
            {
                ["version"] = info.Version,
                ["alpn"] = tls.Protocol,
                ["server"] = info.Peer?.CommonName,
            };
        }

        var text = new StringBuilder();
        _ = text.Append(CultureInfo.InvariantCulture, $"{request.Method} {request.Path} HTTP/1.1\r\nhost: {request.Host}\r\n");
        foreach (var (name, value) in request.Headers)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        var body = Encoding.UTF8.GetBytes(request.Body);
        if (body.Length > 0 || request.Method is "POST" or "PUT" or "PATCH")
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"content-length: {body.Length}\r\n");
        }

        connection.Send([.. Encoding.Latin1.GetBytes(text.Append("\r\n").ToString()), .. body]);
        Arm();
    }

    public void OnBytes(WireConnection connection, ReadOnlySpan<byte> bytes)
    {
        if (!IsOver && !connected)
        {
            End("tls refused"); // No answer to a handshake.
        }
        else if (!IsOver)
        {
            response.Append(bytes);
            Take(endOfInput: false);
        }
    }

    public void OnClosed(WireConnection connection)
    {
        if (IsOver)
        {
            return;
        }

        if (!connected && request.Tls is not null)
        {
            End("tls refused");
            return;
        }

        Take(endOfInput: true);
        if (!IsOver)
        {
            End("connection closed" + (headSeen ? " after headers" : ""));
        }
    }

    private void Take(bool endOfInput)
    {
        var complete = response.TryTake(endOfInput, request.Method == "HEAD");
        if ((complete || response.HasHead) && !headSeen)
        {
            headSeen = true;
            Status = response.Status;
            Arm();
        }

        if (complete)
        {
            Headers = response.Headers;
            Body = response.Body;
            End(null);
        }
    }

    /// <summary>Head and body each have as much time.</summary>
    private void Arm()
    {
        var number = ++armed;
        simulation.After(
            timeoutNs,
            () =>
            {
                if (!IsOver && armed == number)
                {
                    End("client gave up");
                }
            }
        );
    }

    private void End(string? error)
    {
        IsOver = true;
        Error = error;
        Milliseconds = (long)Math.Round((simulation.NowNs - startNs) / 1e6);
        connection.Close();
    }
}
