using System.Net;
using MeshSim.ProxyRuntime.Admin;
using MeshSim.ProxyRuntime.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>The admin interface over HTTP. Pages are made in ProxyRuntime.Admin; this only serves them.</summary>
internal sealed class AdminServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly AdminSource source;
    private readonly TaskCompletionSource quit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AdminServer(WebApplication app, AdminSource source)
    {
        this.app = app;
        this.source = source;
        app.Run(ServeAsync);
    }

    public Task QuitRequested => quit.Task;

    public IPEndPoint Address { get; private set; } = new(IPAddress.None, 0);

    /// <exception cref="LiveProxyStartException">The address is taken.</exception>
    public static async Task<AdminServer> StartAsync(NetworkAddress address, AdminSource source)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Parse(address.Ip), address.Port);
        });
        var server = new AdminServer(builder.Build(), source);
        try
        {
            await server.app.StartAsync().ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new LiveProxyStartException($"admin: cannot bind '{address}': {e.Message}", e);
        }

        var bound = server.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        server.Address = new IPEndPoint(IPAddress.Parse(address.Ip), new Uri(bound).Port);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync().ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ServeAsync(HttpContext context)
    {
        var (status, body) = await PageAsync(context.Request).ConfigureAwait(false);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=UTF-8";
        context.Response.Headers.CacheControl = "no-cache, max-age=0";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.Server = "envoy";
        await context.Response.WriteAsync(body).ConfigureAwait(false);
    }

    private async Task<(int Status, string Body)> PageAsync(HttpRequest request)
    {
        switch (request.Path.Value)
        {
            case "/ready":
                var state = await source.StateAsync().ConfigureAwait(false);
                return (state == ServerState.Live ? 200 : 503, AdminPages.Ready(state));
            case "/clusters":
                return (200, ClustersPage.Text(source.Snapshot, await source.ClustersAsync().ConfigureAwait(false)));
            case "/stats":
                return await StatsAsync(request).ConfigureAwait(false);
            case "/help" or "/":
                return (200, AdminPages.Help());
            case "/quitquitquit" when HttpMethods.IsPost(request.Method):
                _ = quit.TrySetResult();
                return (200, "OK\n");
            case "/quitquitquit":
                return (405, $"Method {request.Method} not allowed, POST required.");
            default:
                return (404, AdminPages.NotFound());
        }
    }

    private async Task<(int Status, string Body)> StatsAsync(HttpRequest request)
    {
        Re2Regex? filter = null;
        if (request.Query["filter"].FirstOrDefault() is { Length: > 0 } pattern)
        {
            filter = Re2Regex.TryParse(pattern, out _);
            if (filter is null)
            {
                return (400, "Invalid re2 regex");
            }
        }

        return (200, StatsPage.Text(await source.StatsAsync().ConfigureAwait(false), request.Query.ContainsKey("usedonly"), filter));
    }
}
