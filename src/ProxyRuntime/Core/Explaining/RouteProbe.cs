using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Puts one request to a route table as the proxy does, without a proxy around it: no filters, no connection manager.</summary>
/// <remarks>Fill in <see cref="Request"/>, then <see cref="Find"/>, then <see cref="Finish"/>. Texts are taken as UTF-8.</remarks>
public sealed class RouteProbe
{
    private static readonly ConnectionInfo Loopback = new("", new NetworkAddress("127.0.0.1", 0), new NetworkAddress("127.0.0.1", 0));
    private static readonly RedirectAction Unchanged = new();

    private readonly StreamInfo info = new();
    private readonly ByteBuffer scratch = new();
    private readonly RouteTable table;
    private RouteSelection selection;

    public RouteProbe(RouteTable table)
    {
        this.table = table;
        var manager = new HttpConnectionManagerSnapshot { StatPrefix = "", RouteTable = table };
        info.Begin(default, Loopback, manager, MonotonicTime.Zero, 0, Request);
    }

    /// <summary>The request: as it comes, after <see cref="Finish"/> as it goes on.</summary>
    public HeaderMap Request { get; } = new();

    /// <summary>The response: as the upstream gives it, after <see cref="Finish"/> as it goes on.</summary>
    public HeaderMap Response { get; } = new();

    /// <summary>What filters are taken to have noted.</summary>
    public DynamicMetadata Metadata => info.DynamicMetadata;

    /// <summary>The route that was found; null for none. <see cref="Route.ToTls"/> where require_tls redirects.</summary>
    public Route? Route => selection.Route;

    public VirtualHost? VirtualHost => selection.VirtualHost;

    /// <summary>Which of weighted_clusters was chosen; null without any.</summary>
    public WeightedCluster? Weighted => selection.Weighted;

    /// <summary>The cluster the request goes to; empty if it goes to none, or if the header that is to name it is absent.</summary>
    public string Cluster => selection.Cluster ?? "";

    /// <summary>The virtual cluster the request counts in as it is now; empty without one.</summary>
    public string VirtualCluster => selection.VirtualHost?.VirtualClusterOf(Request)?.Name ?? "";

    /// <summary>Finds route and cluster.</summary>
    /// <param name="random">The request's random number.</param>
    public void Find(RuntimeSnapshot runtime, ulong random) =>
        selection = table.Find(Request, random, runtime, info).ChooseCluster(Request, random, runtime, info, scratch, new NameCache());

    /// <summary>How the route is found, and why others are not.</summary>
    public RouteSearch Search(RuntimeSnapshot runtime, ulong random) => RouteSearch.Of(table, Request, random, runtime, info);

    /// <summary>
    /// Makes the changes of the route: to request and response where it forwards; where it answers itself, the response is made anew,
    /// without the <c>location</c> that <see cref="Location"/> gives.
    /// </summary>
    public void Finish()
    {
        info.ResponseHeaders = Response;
        switch (selection.Route?.Action)
        {
            case RouteAction:
                RouteFinalization.Request(selection, Request, info, scratch, keepOriginals: true);
                RouteFinalization.Response(selection, Response, info, scratch);
                break;
            case RedirectAction redirect:
                RouteFinalization.RewritePath(selection.Route, redirect.PrefixRewrite, redirect.RegexRewrite, null, Request, scratch, keepOriginal: true);
                Answer(redirect.Status, [], "");
                break;
            case DirectResponseAction direct:
                Answer(direct.Status, Body(direct), direct.ContentType);
                break;
            default:
                break;
        }
    }

    /// <summary>Where a redirect leads; for a direct response the request's own address. Empty where the route forwards.</summary>
    public string Location()
    {
        if (selection.Route?.Action is not (RedirectAction or DirectResponseAction))
        {
            return "";
        }

        scratch.Clear();
        RedirectUri.Write(selection.Route.Action as RedirectAction ?? Unchanged, Request, scratch);
        return Encoding.UTF8.GetString(scratch.Span);
    }

    private void Answer(int status, ReadOnlySpan<byte> body, string contentType)
    {
        Response.Reset();
        Response.Set(HeaderName.Status, status);
        if (!body.IsEmpty)
        {
            Response.Set(HeaderName.ContentLength, body.Length);
            Response.Set(HeaderName.ContentType, contentType.Length > 0 ? Encoding.Latin1.GetBytes(contentType) : "text/plain"u8);
        }

        RouteFinalization.Response(selection, Response, info, scratch);
    }

    private ReadOnlySpan<byte> Body(DirectResponseAction direct)
    {
        if (direct.BodyFormat is not { } format)
        {
            return direct.Body.Span;
        }

        info.LocalReplyBody = direct.Body;
        scratch.Clear();
        format.WriteValue(info, scratch);
        return scratch.Span.ToArray();
    }
}
