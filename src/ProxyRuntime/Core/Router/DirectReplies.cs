using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Answers requests whose route is a redirect or a direct response. Reused with its router.</summary>
internal sealed class DirectReplies(WorkerContext context) : IResponseModifier
{
    private static readonly RedirectAction Unchanged = new();

    private RequestStream stream = null!;
    private RedirectAction? redirect;
    private DirectResponseAction? direct;

    public void Send(Route route, HeaderMap request, RequestStream owner, bool keepOriginals)
    {
        stream = owner;
        redirect = route.Action as RedirectAction;
        direct = route.Action as DirectResponseAction;
        if (redirect is not null)
        {
            RouteFinalization.RewritePath(route, redirect.PrefixRewrite, redirect.RegexRewrite, null, request, context.Scratch, keepOriginals);
            owner.SendLocalReply(new LocalReply(redirect.Status, Details: ResponseCodeDetails.DirectResponse), this);
        }
        else
        {
            owner.SendLocalReply(new LocalReply(direct!.Status, Body(direct), Details: ResponseCodeDetails.DirectResponse), this);
        }
    }

    /// <summary>Where to, and what route, virtual host and table add.</summary>
    public void ModifyLocalReply(HeaderMap response)
    {
        // A direct response of a status that wants an address gives the request's own.
        if (redirect is not null || direct!.Status is 201 or (>= 300 and < 400))
        {
            context.Scratch.Clear();
            RedirectUri.Write(redirect ?? Unchanged, stream.RequestHeaders, context.Scratch);
            response.Add(HeaderName.Location, context.Scratch.Span);
        }

        if (direct is { ContentType.Length: > 0 })
        {
            response.Set(HeaderName.ContentType, Encoding.Latin1.GetBytes(direct.ContentType));
        }

        RouteFinalization.Response(stream.Selection, response, stream.Info, context.Scratch);
    }

    private ReadOnlyMemory<byte> Body(DirectResponseAction action)
    {
        if (action.BodyFormat is not { } format)
        {
            return action.Body;
        }

        stream.Info.LocalReplyBody = action.Body;
        context.Scratch.Clear();
        format.Write(stream.Info, context.Scratch);
        stream.Info.LocalReplyBody = default;
        return context.Scratch.Span.ToArray();
    }
}
