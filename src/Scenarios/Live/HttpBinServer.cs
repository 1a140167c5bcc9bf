using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MeshSim.Scenarios.Live;

/// <summary>
/// A small httpbin: shows what a proxy sent. <c>/headers /get /post /anything /status/{code} /delay/{seconds} /ip /user-agent</c>;
/// answers are JSON with sorted keys.
/// </summary>
public sealed class HttpBinServer : IAsyncDisposable
{
    /// <summary>Longest <c>/delay</c>, in seconds.</summary>
    public const double MaxDelaySeconds = 10;

    private static readonly JsonSerializerOptions Pretty = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly WebApplication app;

    private HttpBinServer(WebApplication app) => this.app = app;

    /// <summary>Where it answers.</summary>
    public IPEndPoint Address { get; private set; } = new(IPAddress.None, 0);

    /// <param name="address">IP address to listen on.</param>
    /// <param name="port">0 for any free one.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<HttpBinServer> StartAsync(IPAddress address, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(address, port);
        });
        var server = new HttpBinServer(builder.Build());
        server.Map();
        await server.app.StartAsync().ConfigureAwait(false);
        var bound = server.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        server.Address = new IPEndPoint(address, new Uri(bound).Port);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync().ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
    }

    private void Map()
    {
        app.MapGet(
            "/headers",
            context => Write(context, new SortedDictionary<string, object?>(StringComparer.Ordinal) { ["headers"] = Headers(context.Request) })
        );
        app.MapGet("/ip", context => Write(context, new SortedDictionary<string, object?>(StringComparer.Ordinal) { ["origin"] = Origin(context) }));
        app.MapGet(
            "/user-agent",
            context =>
                Write(context, new SortedDictionary<string, object?>(StringComparer.Ordinal) { ["user-agent"] = context.Request.Headers.UserAgent.ToString() })
        );
        app.MapGet("/get", DescribeAsync);
        app.MapPost("/post", DescribeAsync);
        app.Map("/anything/{**rest}", DescribeAsync);
        app.Map("/status/{code:int}", StatusAsync);
        app.Map("/delay/{seconds:double}", DelayAsync);
        app.MapFallback(context =>
        {
            context.Response.StatusCode = 404;
            return context.Response.WriteAsync("not found; try /headers /get /post /status/503 /delay/2 /anything\n");
        });
    }

    private static async Task StatusAsync(HttpContext context)
    {
        var code = int.Parse((string)context.Request.RouteValues["code"]!, CultureInfo.InvariantCulture);
        context.Response.StatusCode = code is >= 200 and <= 599 ? code : 400;
        await context.Response.CompleteAsync().ConfigureAwait(false);
    }

    private static async Task DelayAsync(HttpContext context)
    {
        var seconds = Math.Clamp(double.Parse((string)context.Request.RouteValues["seconds"]!, CultureInfo.InvariantCulture), 0, MaxDelaySeconds);
        await Task.Delay(TimeSpan.FromSeconds(seconds), context.RequestAborted).ConfigureAwait(false);
        await DescribeAsync(context).ConfigureAwait(false);
    }

    private static async Task DescribeAsync(HttpContext context)
    {
        var request = context.Request;
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync().ConfigureAwait(false);
        var answer = new SortedDictionary<string, object?>(StringComparer.Ordinal)
        {
            ["args"] = new SortedDictionary<string, string>(
                request.Query.ToDictionary(static q => q.Key, static q => q.Value.ToString(), StringComparer.Ordinal),
                StringComparer.Ordinal
            ),
            ["headers"] = Headers(request),
            ["method"] = request.Method,
            ["origin"] = Origin(context),
            ["url"] = $"{request.Scheme}://{request.Host}{request.Path}{request.QueryString}",
        };
        if (!HttpMethods.IsGet(request.Method))
        {
            answer["data"] = body;
        }

        await Write(context, answer).ConfigureAwait(false);
    }

    private static Task Write(HttpContext context, object answer)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(answer, Pretty) + "\n");
    }

    private static string Origin(HttpContext context) =>
        context.Request.Headers["X-Forwarded-For"].FirstOrDefault() ?? context.Connection.RemoteIpAddress?.ToString() ?? "";

    /// <summary>Names in the case httpbin shows: <c>X-Request-Id</c>.</summary>
    private static SortedDictionary<string, string> Headers(HttpRequest request) =>
        new(
            request.Headers.ToDictionary(
                static header =>
                    string.Join(
                        '-',
                        header.Key.Split('-').Select(static part => part.Length == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..].ToLowerInvariant())
                    ),
                static header => header.Value.ToString(),
                StringComparer.Ordinal
            ),
            StringComparer.Ordinal
        );
}
