using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Benchmarks.Soak;

/// <summary>Sends one request after another over a connection, in all manners there are, and holds each answer against its number.</summary>
internal sealed class Client(int port, Func<long> nextNumber, Findings findings) : IDisposable
{
    private Peer? peer;

    public async Task RunAsync(CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            try
            {
                await OnceAsync().ConfigureAwait(false);
            }
            catch (InvalidDataException e)
            {
                findings.Add($"client: {e.Message}");
                Close();
            }
            catch (SocketException)
            {
                findings.Count("connections that the proxy closed while a request was sent");
                Close();
            }
        }
    }

    public void Dispose() => Close();

    private async Task OnceAsync()
    {
        var first = new Numbered(nextNumber());
        switch (first.Manner)
        {
            case 0:
                await AbortAsync(first).ConfigureAwait(false);
                break;
            case 1:
                Numbered[] pipelined = [first, new(nextNumber()), new(nextNumber())];
                await ExchangeAsync("GET", pipelined, slowly: false).ConfigureAwait(false);
                break;
            case 2:
                await ExchangeAsync("HEAD", [first], slowly: false).ConfigureAwait(false);
                break;
            case 3:
            case 4:
            case 5:
                await ExchangeAsync("POST", [first], slowly: false).ConfigureAwait(false);
                break;
            case 6:
                await ExchangeAsync("GET", [first], slowly: true).ConfigureAwait(false);
                break;
            default:
                await ExchangeAsync("GET", [first], slowly: false).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>Goes away in the middle of the request, or without waiting for the answer.</summary>
    private async Task AbortAsync(Numbered numbered)
    {
        var connection = await ConnectedAsync().ConfigureAwait(false);
        var text = Head("POST", numbered, string.Create(CultureInfo.InvariantCulture, $"content-length: {numbered.RequestLength + 10}"));
        await connection.SendAsync(text[..(text.Length - (int)(numbered.Number % 40))]).ConfigureAwait(false);
        findings.Count("requests that their client gave up");
        Close();
    }

    private async Task ExchangeAsync(string method, Numbered[] numbers, bool slowly)
    {
        var connection = await ConnectedAsync().ConfigureAwait(false);
        foreach (var numbered in numbers)
        {
            await SendAsync(connection, method, numbered).ConfigureAwait(false);
        }

        foreach (var numbered in numbers)
        {
            var reader = new Http1ResponseReader(Http1Settings.Upstream);
            var request = new HeaderMap();
            request.Add(":method", method);
            reader.Expect(request);
            var answer = await connection.ReadAsync(reader.Next, slowly).ConfigureAwait(false);
            Judge(method, numbered, answer);
            if (answer is not { IsWhole: true } || reader.ClosesConnection)
            {
                Close();
                return; // What was pipelined behind it is not answered, as the client can see.
            }
        }
    }

    private static async Task SendAsync(Peer connection, string method, Numbered numbered)
    {
        if (method != "POST")
        {
            await connection.SendAsync(Head(method, numbered, "x-nothing: 1")).ConfigureAwait(false);
            return;
        }

        var body = new byte[numbered.RequestLength];
        numbered.FillRequest(body);
        var chunked = numbered.Manner == 5;
        var framing = chunked ? "transfer-encoding: chunked" : string.Create(CultureInfo.InvariantCulture, $"content-length: {body.Length}");
        await connection.SendAsync(Head(method, numbered, framing)).ConfigureAwait(false);
        await connection.SendBodyAsync(body, chunked).ConfigureAwait(false);
    }

    private void Judge(string method, Numbered numbered, Peer.Message? answer)
    {
        if (answer is null)
        {
            findings.Count("requests that ended with their connection");
            if (!numbered.IsDropped && !numbered.BreaksOff)
            {
                findings.Count("… of these of which nobody was to break off");
            }

            return;
        }

        var number = answer.Get("x-number");
        if (number.Length == 0)
        {
            findings.Count($"answers of the proxy's own, {answer.Head.StatusCode()}");
            return;
        }

        if (number != numbered.Number.ToString(CultureInfo.InvariantCulture))
        {
            findings.Add($"request {numbered.Number} got the answer to {number}");
            return;
        }

        var expected = new byte[method == "HEAD" ? 0 : numbered.AnswerLength];
        numbered.FillAnswer(expected);
        if (answer.IsWhole)
        {
            findings.Count($"answers of a backend, {answer.Head.StatusCode()}");
            if (!answer.Body.AsSpan().SequenceEqual(expected))
            {
                findings.Add($"request {numbered.Number} got another body: {answer.Body.Length} bytes for {expected.Length}");
            }
        }
        else
        {
            findings.Count("answers that broke off");
            if (!expected.AsSpan().StartsWith(answer.Body) && !numbered.BreaksOff)
            {
                findings.Add($"request {numbered.Number} got the beginning of another body");
            }
        }
    }

    private static string Head(string method, Numbered numbered, string line) =>
        string.Create(CultureInfo.InvariantCulture, $"{method} /n/{numbered.Number} HTTP/1.1\r\nhost: soak\r\nx-number: {numbered.Number}\r\n{line}\r\n\r\n");

    private async Task<Peer> ConnectedAsync()
    {
        if (peer is null)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            peer = new Peer(socket);
            await socket.ConnectAsync(IPAddress.Loopback, port).ConfigureAwait(false);
        }

        return peer;
    }

    private void Close()
    {
        peer?.Dispose();
        peer = null;
    }
}
