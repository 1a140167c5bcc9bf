using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Conformance;

/// <summary>What was decided over real sockets is decided again by fresh machines from the recorded inputs: the same runtime.</summary>
public class ReplayTests
{
    [Fact]
    public async Task A_live_recording_replays_to_the_same_effects_and_an_altered_one_does_not()
    {
        var lines = await RecordAsync();

        Assert.Null(Replay(lines, out var inputs));
        Assert.True(inputs > 20, $"only {inputs} inputs were recorded");
        Assert.Contains(lines, line => line.Contains("> ", StringComparison.Ordinal) && line.Contains(" Advance", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("< LocalReply", StringComparison.Ordinal) && line.Contains("504", StringComparison.Ordinal));

        // One input altered: a 503 that was retried becomes a 200.
        var altered = (string[])lines.Clone();
        var at = Array.FindIndex(
            altered,
            line => line.Contains("ResponseHeaders", StringComparison.Ordinal) && line.Contains(":status=503", StringComparison.Ordinal)
        );
        altered[at] = altered[at].Replace(":status=503", ":status=200", StringComparison.Ordinal);
        Assert.InRange(Replay(altered, out _)!.Line, at + 2, at + 4);
    }

    /// <summary>Of two workers both may make the host before the main machine tells them of it.</summary>
    [Fact]
    public async Task Hosts_that_requests_ask_for_are_made_again()
    {
        var live = await LiveFixture.StartAsync("{cluster: asked_for}");
        await using (live)
        {
            for (var i = 0; i < 4; i++)
            {
                using var client = new HttpClient { BaseAddress = live.Client.BaseAddress };
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/headers", UriKind.Relative));
                request.Headers.Add("x-envoy-original-dst-host", live.Backend.ToString());
                using var response = await client.SendAsync(request);
                Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
            }
        }

        var lines = await File.ReadAllLinesAsync(live.Recording);
        File.Delete(live.Recording);
        Assert.Contains(lines, static line => line.Contains("< HostCreated", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.StartsWith("main > ", StringComparison.Ordinal) && line.Contains("HostCreated", StringComparison.Ordinal));
        Assert.Null(Replay(lines, out _));
    }

    private static ReplayDifference? Replay(string[] lines, out int inputs)
    {
        var header = RecordingHeader.Parse(lines);
        var replay = new Replay(header, BootstrapLoader.Load(header.Configuration, "recorded.yaml").Snapshot!);
        var difference = replay.Run(lines);
        inputs = replay.Inputs;
        return difference;
    }

    /// <summary>A keep-alive connection, a body, a retry that fails again, and a timeout.</summary>
    private static async Task<string[]> RecordAsync()
    {
        var live = await LiveFixture.StartAsync("{cluster: httpbin_service, timeout: 0.4s, retry_policy: {retry_on: 5xx}}");
        await using (live)
        {
            _ = await live.GetAsync("/headers");
            _ = await live.GetAsync("/status/503");
            _ = await live.GetAsync("/delay/2");
            using var response = await live.Client.PostAsync(new Uri("/post", UriKind.Relative), new StringContent("hello"));
        }

        try
        {
            return await File.ReadAllLinesAsync(live.Recording);
        }
        finally
        {
            File.Delete(live.Recording);
        }
    }
}
