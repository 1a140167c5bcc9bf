using MeshSim.ProxyRuntime.Core;
using RedirectMessage = Envoy.Config.Route.V3.RedirectAction;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Routes that redirect.</summary>
internal static class RedirectBuilder
{
    public static RedirectAction Build(RedirectMessage redirect) =>
        new()
        {
            Status = redirect.ResponseCode switch
            {
                RedirectMessage.Types.RedirectResponseCode.Found => 302,
                RedirectMessage.Types.RedirectResponseCode.SeeOther => 303,
                RedirectMessage.Types.RedirectResponseCode.TemporaryRedirect => 307,
                RedirectMessage.Types.RedirectResponseCode.PermanentRedirect => 308,
                _ => 301,
            },
            HttpsRedirect = redirect.HttpsRedirect,
            SchemeRedirect = redirect.SchemeRedirect,
            HostRedirect = redirect.HostRedirect,
            PortRedirect = (int)Math.Min(redirect.PortRedirect, ushort.MaxValue),
            PathRedirect = redirect.PathRedirect,
            PrefixRewrite = redirect.PrefixRewrite,
            RegexRewrite = MatcherBuilder.Rewrite(redirect.RegexRewrite),
            StripQuery = redirect.StripQuery,
        };
}
