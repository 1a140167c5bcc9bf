using System.Globalization;
using System.Text;
using MeshSim.Scenarios.Engine;

namespace MeshSim.Scenarios.Play;

/// <summary>A scripted upstream in virtual time.</summary>
internal sealed class ScriptedEndpoint(PlayEndpoint endpoint, WireClock clock, List<SeenRequest> log, CasePki pki) : IWireServer
{
    private readonly WireClock clock = clock;
    private readonly HashSet<WireConnection> open = [];
    private readonly Queue<PlayAction> script = new(endpoint.Script);
    private PlayAction fallback = endpoint.Default;

    public string Name => endpoint.Name;

    public TlsServerParty? Tls { get; } = endpoint.Tls is { } tls ? new ScriptedTlsServer(tls, pki) : null;

    public bool IsListening { get; private set; } = !endpoint.Down;

    /// <summary>Connections accepted so far.</summary>
    public int Connections { get; private set; }

    public IWirePeer Accept()
    {
        Connections++;
        return new Peer(this);
    }

    public void Start() => IsListening = true;

    public void Stop()
    {
        IsListening = false;
        foreach (var connection in open.ToArray())
        {
            connection.Close();
        }

        open.Clear();
    }

    public void Replace(IEnumerable<PlayAction> actions, PlayAction? otherDefault)
    {
        script.Clear();
        foreach (var action in actions)
        {
            script.Enqueue(action);
        }

        fallback = otherDefault ?? fallback;
    }

    private PlayAction ActionFor(string method, string path, HttpText request, TlsConclusion? tls)
    {
        if (method == "GET" && path == fallback.HealthPath)
        {
            return new PlayAction { Status = fallback.Healthy ? 200 : 503, Body = "" };
        }

        log.Add(new SeenRequest(Name, method, path, request.Headers, request.Body, tls));
        return script.TryDequeue(out var next) ? next : fallback;
    }

    /// <summary>One accepted connection: requests one after the other.</summary>
    private sealed class Peer(ScriptedEndpoint endpoint) : IWirePeer
    {
        private readonly HttpText request = new(isResponse: false);
        private bool answering;
        private bool echoing;

        public void OnConnected(WireConnection connection) => _ = endpoint.open.Add(connection);

        public void OnBytes(WireConnection connection, ReadOnlySpan<byte> bytes)
        {
            if (echoing)
            {
                connection.Send(bytes);
                return;
            }

            request.Append(bytes);
            TakeRequest(connection);
        }

        public void OnClosed(WireConnection connection) => _ = endpoint.open.Remove(connection);

        private void TakeRequest(WireConnection connection)
        {
            if (answering || !request.TryTake(endOfInput: false))
            {
                return;
            }

            var words = request.FirstLine.Split(' ');
            if (words.Length < 3)
            {
                connection.Close();
                return;
            }

            answering = true;
            var method = words[0];
            var action = endpoint.ActionFor(method, words[1], request, connection.Tls);
            endpoint.clock.After(action.DelayNs, () => Answer(connection, action, method));
        }

        private void Answer(WireConnection connection, PlayAction action, string method)
        {
            if (action.Close is "reset" or "before")
            {
                Close(connection);
                return;
            }

            if (action.Raw is { } raw)
            {
                connection.Send(Encoding.Latin1.GetBytes(raw));
                echoing = action.Echo;
                Done(connection, closes: action.ThenClose && !action.Echo);
                return;
            }

            var body = Encoding.UTF8.GetBytes(action.Body ?? endpoint.Name);
            connection.Send(Encoding.Latin1.GetBytes(Head(action, body.Length)));
            if (method == "HEAD" || action.Status is 204 or 304)
            {
                Done(connection, action.Close is not null);
                return;
            }

            endpoint.clock.After(
                action.BodyDelayNs,
                () =>
                {
                    connection.Send(body);
                    Done(connection, action.Close is not null);
                }
            );
        }

        private static string Head(PlayAction action, int length)
        {
            var head = new StringBuilder();
            _ = head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {action.Status} X\r\n");
            foreach (var (name, value) in action.Headers)
            {
                _ = head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
            }

            if (action.Close == "mid")
            {
                _ = head.Append(CultureInfo.InvariantCulture, $"content-length: {length + 100}\r\n");
            }
            else if (action.Status is not (204 or 304))
            {
                _ = head.Append(CultureInfo.InvariantCulture, $"content-length: {length}\r\n");
            }

            return head.Append("\r\n").ToString();
        }

        private void Done(WireConnection connection, bool closes)
        {
            answering = false;
            if (closes)
            {
                Close(connection);
            }
            else if (!echoing)
            {
                TakeRequest(connection);
            }
        }

        private void Close(WireConnection connection)
        {
            _ = endpoint.open.Remove(connection);
            connection.Close();
        }
    }
}

/// <summary>What an endpoint has seen of one request.</summary>
internal sealed record SeenRequest(
    string Endpoint,
    string Method,
    string Path,
    IReadOnlyList<(string Name, string Value)> Headers,
    string Body,
    TlsConclusion? Tls
);
