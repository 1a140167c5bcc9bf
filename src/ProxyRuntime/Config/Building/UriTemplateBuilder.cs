using Envoy.Config.Core.V3;
using Envoy.Extensions.Path.Match.UriTemplate.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Paths that fit a template.</summary>
internal sealed class UriTemplateBuilder(BuildContext context)
{
    /// <summary>The template; null, with a problem, if it is none.</summary>
    public UriTemplate? Build(TypedExtensionConfig policy)
    {
        if (
            context.Extension(policy, policy.Name, policy.TypedConfig, "envoy.extensions.path.match.", UriTemplateMatchConfig.Descriptor)
            is not UriTemplateMatchConfig config
        )
        {
            return null;
        }

        var template = UriTemplate.TryParse(config.PathTemplate, out var error);
        if (error is not null)
        {
            context.Map.Problem(config, "path_template", $"path_match_policy.path_template {config.PathTemplate} is invalid: {error}");
        }

        return template;
    }
}
