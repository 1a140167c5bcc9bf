using System.Net;
using MeshSim.ProxyRuntime.Admin;
using MeshSim.ProxyRuntime.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

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
        // An empty one: others read and watch files in the folder the proxy was started in.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
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
        var query = context.Request.Query.ToDictionary(static entry => entry.Key, static entry => entry.Value.FirstOrDefault() ?? "", StringComparer.Ordinal);
        var path = context.Request.Path.Value ?? "/";
        var view = await source.ViewAsync(path).ConfigureAwait(false);
        var page = AdminInterface.Serve(context.Request.Method, path, query, view);
        context.Response.StatusCode = page.Status;
        context.Response.ContentType = page.ContentType;
        context.Response.Headers.CacheControl = "no-cache, max-age=0";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.Server = "envoy";
        await context.Response.WriteAsync(page.Body).ConfigureAwait(false);
        if (page.Quits)
        {
            _ = quit.TrySetResult();
        }
    }
}
