using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace MeshSim.Scenarios.Results.Tests;

/// <summary>A page in a headless Chromium, driven by the DevTools protocol. Answers and events are awaited, never times.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    public const string Missing = "needs Chromium, and none is on the PATH: apt-get install chromium";

    private readonly Process process;
    private readonly ClientWebSocket socket = new();
    private readonly string profile;
    private readonly List<string> complaints = [];
    private readonly List<string> events = [];
    private string? session;
    private int last;

    private Chromium(Process process, string profile)
    {
        this.process = process;
        this.profile = profile;
    }

    /// <summary>The program; null if there is none.</summary>
    public static string? Path { get; } = Find();

    /// <summary>What the page complained of: errors and warnings of its console, exceptions, what could not be loaded.</summary>
    public IReadOnlyList<string> Complaints => complaints;

    /// <summary>Opens a page and waits until it has loaded.</summary>
    public static async Task<Chromium> OpenAsync(string file)
    {
        Assert.True(Path is not null, $"This test {Missing}");
        var home = Directory.CreateTempSubdirectory("meshsim-chromium").FullName;
        var start = new ProcessStartInfo(
            Path,
            ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,900", "--remote-debugging-port=0", $"--user-data-dir={home}", "about:blank"]
        )
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var browser = new Chromium(Process.Start(start)!, home);
        await browser.ConnectAsync();
        _ = await browser.SendAsync("Page.navigate", new JsonObject { ["url"] = new Uri(file).AbsoluteUri });
        await browser.UntilAsync("Page.loadEventFired");
        return browser;
    }

    /// <summary>The value of an expression in the page.</summary>
    public async Task<JsonNode?> ValueAsync(string expression)
    {
        var answer = await SendAsync(
            "Runtime.evaluate",
            new JsonObject
            {
                ["expression"] = expression,
                ["returnByValue"] = true,
                ["awaitPromise"] = true,
            }
        );
        Assert.True(answer["exceptionDetails"] is null, $"{expression}: {answer["exceptionDetails"]}");
        return answer["result"]!["value"];
    }

    public async Task<string> TextAsync(string expression) => $"{await ValueAsync(expression)}";

    public async Task MouseAsync(string type, double x, double y, int clicks = 0) =>
        await SendAsync(
            "Input.dispatchMouseEvent",
            new JsonObject
            {
                ["type"] = type,
                ["x"] = x,
                ["y"] = y,
                ["button"] = clicks > 0 || type == "mouseMoved" ? "left" : "none",
                ["buttons"] = type is "mousePressed" ? 1 : 0,
                ["clickCount"] = clicks,
            }
        );

    public async Task KeyAsync(string key)
    {
        foreach (var type in (string[])["keyDown", "keyUp"])
        {
            _ = await SendAsync("Input.dispatchKeyEvent", new JsonObject { ["type"] = type, ["key"] = key });
        }
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(profile, recursive: true);
    }

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(System.IO.Path.PathSeparator)
            .SelectMany(static folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => System.IO.Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    private async Task ConnectAsync()
    {
        const string says = "DevTools listening on ";
        string? line;
        do
        {
            line = await process.StandardError.ReadLineAsync();
            Assert.True(line is not null, "Chromium ended before it listened.");
        } while (!line.StartsWith(says, StringComparison.Ordinal));

        // What it goes on to say is of no interest, but has to go somewhere.
        _ = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        await socket.ConnectAsync(new Uri(line[says.Length..]), CancellationToken.None);
        var target = await SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        var attached = await SendAsync("Target.attachToTarget", new JsonObject { ["targetId"] = $"{target["targetId"]}", ["flatten"] = true });
        session = $"{attached["sessionId"]}";
        foreach (var domain in (string[])["Page", "Runtime", "Log"])
        {
            _ = await SendAsync($"{domain}.enable", []);
        }
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject parameters)
    {
        var id = ++last;
        var message = new JsonObject
        {
            ["id"] = id,
            ["method"] = method,
            ["params"] = parameters,
        };
        if (session is not null)
        {
            message["sessionId"] = session;
        }

        await socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        while (true)
        {
            var answer = await ReceiveAsync();
            if (answer["id"]?.GetValue<int>() == id)
            {
                return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]}");
            }
        }
    }

    private async Task UntilAsync(string name)
    {
        while (!events.Remove(name))
        {
            _ = await ReceiveAsync();
        }
    }

    private async Task<JsonNode> ReceiveAsync()
    {
        using var text = new MemoryStream();
        var buffer = new byte[64 * 1024];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, CancellationToken.None);
            text.Write(buffer, 0, part.Count);
        } while (!part.EndOfMessage);

        var message = JsonNode.Parse(text.ToArray())!;
        var name = $"{message["method"]}";
        events.Add(name);
        if (
            name == "Runtime.exceptionThrown"
            || (name == "Runtime.consoleAPICalled" && $"{message["params"]!["type"]}" is "error" or "warning" or "assert")
            || (name == "Log.entryAdded" && $"{message["params"]!["entry"]!["level"]}" is "error" or "warning")
        )
        {
            complaints.Add($"{message["params"]}");
        }

        return message;
    }
}
