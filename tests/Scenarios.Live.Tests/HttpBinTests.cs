using System.Net;
using System.Text.Json;

namespace MeshSim.Scenarios.Live.Tests;

public class HttpBinTests
{
    [Fact]
    public async Task It_answers_what_it_was_sent()
    {
        await using var server = await HttpBinServer.StartAsync(IPAddress.Loopback, 0);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{server.Address}") };
        client.DefaultRequestHeaders.Add("x-my-header", "v");

        using var posted = await client.PostAsync(new Uri("/anything?b=2&a=1", UriKind.Relative), new StringContent("hello"));
        var answer = JsonDocument.Parse(await posted.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal("hello", answer.GetProperty("data").GetString());
        Assert.Equal("v", answer.GetProperty("headers").GetProperty("X-My-Header").GetString());
        Assert.Equal(["a", "b"], answer.GetProperty("args").EnumerateObject().Select(arg => arg.Name));
        using var status = await client.GetAsync(new Uri("/status/418", UriKind.Relative));
        Assert.Equal(418, (int)status.StatusCode);
        using var missing = await client.GetAsync(new Uri("/nope", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }
}
