namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>The clients of a proxy: their connections, and the requests that are not over.</summary>
internal sealed class TrafficClients(Traffic traffic)
{
    private readonly List<Client> clients = [];
    private readonly List<Request> requests = [];
    private long lastClient = 10;

    /// <summary>Requests altogether.</summary>
    public int Begun { get; private set; }

    private WorkerHarness Proxy => traffic.Proxy;

    public void Take(TrafficStep step)
    {
        switch (step.What)
        {
            case TrafficEvent.Request or TrafficEvent.RequestBegin:
                Ask(step);
                break;
            case TrafficEvent.Body when step.Pick(requests.FindAll(static request => !request.Complete)) is { } request:
                request.Complete = step.Ends;
                _ = Proxy.Run(buffer => Proxy.Worker.RequestData(Proxy.Now, request.Stream, step.Bytes, step.Ends, buffer));
                break;
            case TrafficEvent.Trailers when step.Pick(requests.FindAll(static request => !request.Complete)) is { } request:
                request.Complete = true;
                var trailers = Proxy.Worker.RentHeaders();
                trailers.Add("x-t", "1");
                _ = Proxy.Run(buffer => Proxy.Worker.RequestTrailers(Proxy.Now, request.Stream, trailers, buffer));
                break;
            case TrafficEvent.ClientLeaves when step.Pick(clients) is { } client:
                Leave(client);
                break;
            case TrafficEvent.ClientResets when step.Pick(requests.FindAll(static request => request.Client.IsHttp2)) is { } request:
                _ = Proxy.ClientResets(request.Stream);
                break;
            case TrafficEvent.ClientErrs when step.Pick(requests.FindAll(static request => !request.Complete && !request.Client.IsHttp2)) is { } request:
                _ = Proxy.Run(buffer => Proxy.Worker.RequestRefused(Proxy.Now, request.Stream, RequestError.Malformed, buffer));
                break;
        }
    }

    public void LeaveAll()
    {
        foreach (var client in clients.ToArray())
        {
            Leave(client);
        }
    }

    public void OnEffect(in Effect effect)
    {
        var (stream, connection) = (effect.Stream, effect.Connection);
        switch (effect.Kind)
        {
            case EffectKind.CloseDownstream:
                clients.FindAll(client => client.Id == connection).ForEach(static client => client.IsClosing = true);
                break;
            case EffectKind.LogAccess when effect.EndStream:
                _ = requests.RemoveAll(request => request.Stream == stream);
                break;
            case EffectKind.LogAccess:
                // What the client asked for by headers went with the first part.
                requests.Find(request => request.Stream == stream)!.Asks = 0;
                break;
        }
    }

    /// <summary>How often a request may be tried again.</summary>
    public long RetriesOf(StreamId stream)
    {
        var policy = traffic.Settings.Retries;
        return requests.Find(request => request.Stream == stream)!.Asks switch
        {
            1 => 2,
            2 when policy.On != RetryOn.None => 1,
            _ => policy.On == RetryOn.None ? 0 : policy.Number,
        };
    }

    private void Ask(TrafficStep step)
    {
        if (ClientFor(step) is not { } client)
        {
            return;
        }

        var complete = step.What == TrafficEvent.Request;
        (string Name, string Value)[] headers = step.Amount switch
        {
            1 => [Snapshots.Inside, ("x-envoy-retry-on", "5xx"), ("x-envoy-max-retries", "2")],
            2 => [Snapshots.Inside, ("x-envoy-max-retries", "1"), ("x-envoy-upstream-rq-timeout-alt-response", "1")],
            3 => [("content-type", "application/grpc"), ("grpc-timeout", "90m")],
            4 or 5 or 6 when !complete && !client.IsHttp2 => [("connection", "upgrade"), ("upgrade", "websocket")],
            _ => [],
        };
        var request = new Request(new StreamId(client.Id, client.Requests++), client) { Complete = complete, Asks = step.Amount };
        requests.Add(request);
        Begun++;
        _ = Proxy.RequestOn(client.Id, complete ? "GET" : "POST", "/", complete, headers);
        Assert.Equal(request.Stream, Proxy.LastStream);
    }

    /// <summary>One that is there and free – on HTTP/1 a request has to wait for the one before it –, or a new one.</summary>
    private Client? ClientFor(TrafficStep step)
    {
        var free = clients.FindAll(client => !client.IsClosing && (client.IsHttp2 || requests.TrueForAll(request => request.Client != client)));
        var old = step.Pick(free);
        if (clients.Count >= traffic.Settings.Clients || (old is not null && step.Amount > 0))
        {
            return old;
        }

        var client = new Client(new ConnectionId(++lastClient), IsHttp2: step.Ends);
        clients.Add(client);
        _ = Proxy.Connect(client.Id, Snapshots.Connection(protocol: client.IsHttp2 ? HttpProtocol.Http2 : HttpProtocol.Http11));
        return client;
    }

    private void Leave(Client client)
    {
        _ = clients.Remove(client);
        _ = Proxy.ClientLeaves(client.Id);
    }

    private sealed record Client(ConnectionId Id, bool IsHttp2)
    {
        public bool IsClosing { get; set; }

        public int Requests { get; set; }
    }

    private sealed record Request(StreamId Stream, Client Client)
    {
        public bool Complete { get; set; }

        /// <summary>Which headers it has.</summary>
        public int Asks { get; set; }
    }
}
