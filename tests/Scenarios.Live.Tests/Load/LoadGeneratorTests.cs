using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Live.Tests;

public sealed class LoadGeneratorTests : IDisposable
{
    private const long Ms = 1_000_000;
    private static readonly byte[] Ok = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");

    private readonly TcpListener server = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource over = new(TimeSpan.FromSeconds(30));
    private int requests;

    public LoadGeneratorTests() => server.Start();

    public void Dispose()
    {
        over.Cancel();
        server.Dispose();
        over.Dispose();
    }

    [Fact]
    public async Task Every_request_is_sent_once_and_answered()
    {
        _ = ServeAsync(static (stream, _) => stream.WriteAsync(Ok).AsTask());

        var report = await LoadGenerator.RunAsync(Target(rate: 200, durationMs: 500), seed: 3, over.Token);

        var sent = report.Totals.Sent;
        Assert.InRange(sent, 60, 150);
        Assert.Equal([new KeyValuePair<int, long>(200, sent)], report.Totals.ByStatus);
        Assert.Equal(sent, requests);
        Assert.Equal(sent, report.Totals.Latency.Count);
        Assert.Equal(sent, report.Lateness.Count);
    }

    /// <summary>Kinds of requests, headers and bodies go out as the load says.</summary>
    [Fact]
    public async Task Kinds_of_requests_come_with_their_headers_and_bodies()
    {
        var heads = new ConcurrentBag<string>();
        _ = ServeAsync(static (stream, _) => stream.WriteAsync(Ok).AsTask(), heads);
        var load = Target(rate: 200, durationMs: 300).Load with
        {
            Requests =
            [
                new RequestShape(1, "POST", "/{{commerce.product}}", "svc", [("x-user", "{{internet.email}}")], 0, "{{lorem.sentence}}"),
                new RequestShape(1, "PUT", "/plain", "svc", [], 3),
            ],
            People = new People(5, 1, 2, "en"),
        };
        var target = Target(rate: 200, durationMs: 300) with { Load = load };

        var report = await LoadGenerator.RunAsync(target with { Requests = [.. Heads(load)] }, seed: 3, over.Token);

        Assert.Equal([new KeyValuePair<int, long>(200, report.Totals.Sent)], report.Totals.ByStatus);
        Assert.Contains(
            heads,
            static head => head.StartsWith("PUT /plain HTTP/1.1\r\n", StringComparison.Ordinal) && head.EndsWith("\r\n\r\nxxx", StringComparison.Ordinal)
        );
        var posts = heads.Where(static head => head.StartsWith("POST ", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(posts);
        Assert.All(posts, static head => Assert.Matches("(?s)^POST /[A-Z][A-Za-z]+ HTTP/1.1\r\n.*x-user: [^{ ]+@[^{ ]+\r\n.*\r\n\r\n[A-Z][a-z ]+\\.$", head));
        Assert.Equal(report.Totals.Sent, heads.Count);

        static IEnumerable<RequestHeads> Heads(LoadModel load)
        {
            var random = new ProxyRuntime.Core.RandomSource(5);
            return load
                .AllRequests.Select((shape, kind) => new RequestTemplate(shape, load, 0, kind))
                .Select(template => template.Heads(template.Synthetic(random)));
        }
    }

    /// <summary>A client that retried, as HTTP libraries do, would hide what it was to measure.</summary>
    [Fact]
    public async Task What_breaks_off_is_no_answer_and_is_not_sent_again()
    {
        _ = ServeAsync(
            static (stream, number) =>
            {
                stream.Close();
                return Task.CompletedTask;
            }
        );

        var report = await LoadGenerator.RunAsync(Target(rate: 100, durationMs: 300), seed: 4, over.Token);

        Assert.Equal([new KeyValuePair<int, long>(0, report.Totals.Sent)], report.Totals.ByStatus);
        Assert.Equal(report.Totals.Sent, requests);
    }

    [Fact]
    public async Task Nobody_there_is_no_answer()
    {
        server.Stop();

        var report = await LoadGenerator.RunAsync(Target(rate: 100, durationMs: 200), seed: 5, over.Token);

        Assert.Equal([new KeyValuePair<int, long>(0, report.Totals.Sent)], report.Totals.ByStatus);
    }

    /// <summary>
    /// One connection, and the first answer takes 300 ms: whoever was meant to be sent meanwhile has waited since then. A client that sends
    /// when the one before is answered would see one slow request.
    /// </summary>
    [Fact]
    public async Task A_stall_is_felt_by_all_who_were_to_be_sent_in_it()
    {
        _ = ServeAsync(
            async (stream, number) =>
            {
                await Task.Delay(number == 1 ? 300 : 0, over.Token);
                await stream.WriteAsync(Ok);
            }
        );

        var report = await LoadGenerator.RunAsync(Target(rate: 200, durationMs: 400, connections: 1), seed: 6, over.Token);

        var slow = report.Totals.Latency.Count - report.Totals.Latency.CountUpTo(Bin(100_000));
        Assert.Equal(report.Totals.Sent, report.Totals.ByStatus[200]);
        Assert.True(slow >= 20, $"{slow} of {report.Totals.Sent} took more than 100 ms; in 200 ms about 40 were to be sent."); // Four deviations below.
        Assert.True(report.Totals.Latency.MaxUs >= 290_000);
    }

    [Fact]
    public async Task What_takes_too_long_is_given_up()
    {
        _ = ServeAsync((_, _) => Task.Delay(System.Threading.Timeout.Infinite, over.Token));

        var report = await LoadGenerator.RunAsync(Target(rate: 100, durationMs: 200, timeoutMs: 150), seed: 7, over.Token);

        Assert.Equal([new KeyValuePair<int, long>(0, report.Totals.Sent)], report.Totals.ByStatus);
    }

    [Fact]
    public async Task Ended_early_it_tells_what_was_measured()
    {
        using var stop = new CancellationTokenSource();
        _ = ServeAsync(
            (stream, number) =>
            {
                if (number == 10)
                {
                    stop.Cancel();
                }

                return stream.WriteAsync(Ok).AsTask();
            }
        );

        // Over one connection: when the tenth is asked nine answers have been read.
        var report = await LoadGenerator.RunAsync(Target(rate: 200, durationMs: 60_000, connections: 1), seed: 8, stop.Token);

        Assert.InRange(report.Totals.ByStatus[200], 9, 12_000);
        Assert.InRange(report.SentForNs, 1, 50_000 * Ms);
    }

    private static int Bin(long us)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(us);
        return histogram.QuantileBin(1);
    }

    private LoadTarget Target(double rate, int durationMs, int connections = 100, int timeoutMs = 20_000) =>
        new(new LoadModel("test", rate, 0, durationMs * Ms, "GET", "/", "test", timeoutMs * Ms), [(IPEndPoint)server.LocalEndpoint], connections);

    /// <param name="answer">Is given the connection and the number of the request, from 1.</param>
    /// <param name="seen">Takes the requests as they came, with their bodies.</param>
    private async Task ServeAsync(Func<NetworkStream, int, Task> answer, ConcurrentBag<string>? seen = null)
    {
        while (!over.IsCancellationRequested)
        {
            var client = await server.AcceptTcpClientAsync(over.Token);
            _ = ConnectionAsync(client, answer, seen);
        }
    }

    private async Task ConnectionAsync(TcpClient client, Func<NetworkStream, int, Task> answer, ConcurrentBag<string>? seen)
    {
        using (client)
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
            var request = new StringBuilder();
            var length = 0;
            while (await reader.ReadLineAsync(over.Token) is { } line)
            {
                request.Append(line).Append("\r\n");
                if (line.StartsWith("content-length: ", StringComparison.OrdinalIgnoreCase))
                {
                    length = int.Parse(line.AsSpan(16), CultureInfo.InvariantCulture);
                }

                if (line.Length == 0)
                {
                    var body = new char[length];
                    if (length > 0)
                    {
                        _ = await reader.ReadBlockAsync(body, over.Token);
                    }

                    seen?.Add(request.Append(body).ToString());
                    _ = request.Clear();
                    length = 0;
                    await answer(client.GetStream(), Interlocked.Increment(ref requests));
                }
            }
        }
    }
}
