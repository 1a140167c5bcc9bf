using System.Threading.Channels;
using static MeshSim.ProxyRuntime.Live.Tests.LiveHarness;

namespace MeshSim.ProxyRuntime.Live.Tests;

/// <summary>What four workers share over sockets, and what each has of its own. The kernel says which worker gets a connection.</summary>
public sealed class ManyWorkersTests : IAsyncDisposable
{
    private const int Workers = 4;
    private const string Get = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    private const string NoPanic = ", common_lb_config: {healthy_panic_threshold: {value: 0}, update_merge_window: 0s}";

    private readonly Server a = new("a");
    private readonly Server b = new("b");

    public async ValueTask DisposeAsync()
    {
        await a.DisposeAsync();
        await b.DisposeAsync();
    }

    [Fact]
    public async Task Max_requests_is_of_the_whole_proxy()
    {
        a.Answers = false;
        await using var live = await StartAsync([a.Backend], cluster: ", circuit_breakers: {thresholds: [{max_requests: 3}]}", concurrency: Workers);
        List<Peer> clients = [];
        var (served, refused) = (0, 0);
        var arrival = a.Arrivals.ReadAsync().AsTask();
        for (var i = 0; i < 16; i++)
        {
            var client = await live.ConnectAsync();
            clients.Add(client);
            await client.SendAsync(Get);
            var answer = client.ReadToAsync("\r\n\r\n");
            if (await Task.WhenAny(answer, arrival) == arrival)
            {
                served++;
                arrival = a.Arrivals.ReadAsync().AsTask();
            }
            else
            {
                Assert.Contains("x-envoy-overloaded: true", await answer, StringComparison.Ordinal);
                refused++;
            }
        }

        clients.ForEach(static client => client.Dispose());
        Assert.Equal((3, 13), (served, refused));
    }

    /// <summary>Six failures on six connections; from then on the host answers well, so that nobody could count to six alone.</summary>
    [Fact]
    public async Task Failures_in_a_row_are_counted_over_all_workers()
    {
        a.Status = 500;
        var detection = ", outlier_detection: {consecutive_5xx: 6, max_ejection_percent: 100, interval: 60s}" + NoPanic;
        await using var live = await StartAsync([a.Backend], cluster: detection, concurrency: Workers);
        for (var i = 0; i < 6; i++)
        {
            Assert.Contains(" 500 ", await AskAsync(live), StringComparison.Ordinal);
        }

        a.Status = 200;
        var answer = "";
        for (var i = 0; i < 500 && !answer.Contains(" 503 ", StringComparison.Ordinal); i++)
        {
            answer = await AskAsync(live);
        }

        Assert.Contains(" 503 ", answer, StringComparison.Ordinal);
    }

    /// <summary>Two requests on one connection go to one host each. Had all workers one turn, the first of them would always go to the same.</summary>
    [Fact]
    public async Task Each_worker_takes_its_own_turns()
    {
        await using var live = await StartAsync([a.Backend, b.Backend], concurrency: Workers, together: true);
        List<string> firsts = [];
        for (var i = 0; i < 48; i++)
        {
            using var client = await live.ConnectAsync();
            var pair = new string[2];
            for (var j = 0; j < 2; j++)
            {
                await client.SendAsync(Get);
                pair[j] = (await client.ReadToAsync("\r\n\r\n")).Contains("x-from: a", StringComparison.Ordinal) ? "a" : "b";
            }

            Assert.NotEqual(pair[0], pair[1]);
            firsts.Add(pair[0]);
        }

        Assert.Equal(["a", "b"], firsts.Distinct().Order());
    }

    private static async Task<string> AskAsync(LiveHarness live)
    {
        using var client = await live.ConnectAsync();
        await client.SendAsync(Get);
        return await client.ReadToAsync("\r\n\r\n");
    }

    /// <summary>Answers every request with its name, as long as it answers at all.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private readonly Channel<int> arrivals = Channel.CreateUnbounded<int>();
        private readonly string name;
        private readonly Task accepting;
        private bool stopped;

        public Server(string name)
        {
            this.name = name;
            accepting = AcceptAllAsync();
        }

        public Backend Backend { get; } = new();

        public bool Answers { get; set; } = true;

        public int Status { get; set; } = 200;

        public ChannelReader<int> Arrivals => arrivals.Reader;

        public async ValueTask DisposeAsync()
        {
            stopped = true;
            Backend.Dispose();
            await accepting;
        }

        private async Task AcceptAllAsync()
        {
            List<Task> serving = [];
            while (!stopped)
            {
                try
                {
                    serving.Add(ServeAsync(await Backend.AcceptAsync()));
                }
                catch (Exception e) when (e is System.Net.Sockets.SocketException or ObjectDisposedException or OperationCanceledException)
                {
                    // Nobody has come for a while, or the test is over.
                }
            }

            await Task.WhenAll(serving);
        }

        private async Task ServeAsync(Peer connection)
        {
            using (connection)
            {
                try
                {
                    while (true)
                    {
                        await connection.ReadToAsync("\r\n\r\n");
                        await arrivals.Writer.WriteAsync(0);
                        if (Answers)
                        {
                            await connection.SendAsync($"HTTP/1.1 {Status} X\r\nx-from: {name}\r\ncontent-length: 0\r\n\r\n");
                        }
                    }
                }
                catch (Exception e) when (e is InvalidOperationException or OperationCanceledException or IOException)
                {
                    // The proxy has closed it, or the test is over.
                }
            }
        }
    }
}
