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

        var report = await LoadGenerator.RunAsync(Target(rate: 200, durationMs: 60_000), seed: 8, stop.Token);

        Assert.InRange(report.Totals.ByStatus[200], 8, 12_000);
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
    private async Task ServeAsync(Func<NetworkStream, int, Task> answer)
    {
        while (!over.IsCancellationRequested)
        {
            var client = await server.AcceptTcpClientAsync(over.Token);
            _ = ConnectionAsync(client, answer);
        }
    }

    private async Task ConnectionAsync(TcpClient client, Func<NetworkStream, int, Task> answer)
    {
        using (client)
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
            while (await reader.ReadLineAsync(over.Token) is { } line)
            {
                if (line.Length == 0)
                {
                    await answer(client.GetStream(), Interlocked.Increment(ref requests));
                }
            }
        }
    }
}
