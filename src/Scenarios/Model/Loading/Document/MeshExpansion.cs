using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>
/// The short form <c>mesh</c>: services that call each other, with policies, become services, sidecars and a gateway with the Envoy
/// configuration that says the same.
/// </summary>
internal static class MeshExpansion
{
    public const string Gateway = "gateway";

    public static ConfigNode Expand(ConfigNode root, ReadingContext context)
    {
        if (root is not ConfigMapping mapping || mapping.Entries.FirstOrDefault(static entry => entry.Key == "mesh") is not { } mesh)
        {
            return root;
        }

        var fields = new FieldReader(mesh.Value, "mesh", context.Problems);
        var model = Read(fields);
        var place = mesh.Value.Place;
        List<ConfigNode> services = [.. fields.List("services").OfType<ConfigMapping>().Zip(model.Services, (node, service) => Service(node, service, model))];
        List<ConfigNode> proxies =
        [
            .. model.Sidecars
                ? model.Services.Select(service => Proxy(place, service.Sidecar, MeshConfiguration.Sidecar(service, model), model.SidecarFields))
                : [],
        ];
        if (model.GatewayTo is { } to && model.Services.FirstOrDefault(service => service.Name == to) is { } first)
        {
            proxies.Insert(0, Proxy(place, Gateway, MeshConfiguration.Gateway(first), model.GatewayFields));
        }

        var rest = mapping.Entries.Where(static entry => entry.Key != "mesh").ToList();
        Prepend(rest, "services", services, place);
        Prepend(rest, "proxies", proxies, place);
        return new ConfigMapping(mapping.Place, rest);
    }

    /// <summary>The fields of the short form; what a service has beyond them is read as of any service.</summary>
    public static MeshModel Read(FieldReader fields)
    {
        var usual = PolicyReader.Read(fields, MeshPolicies.None, "of every service that says nothing else");
        var sidecars = fields.Flag("sidecars", "every service has a sidecar, by which it calls and is called", fallback: true);
        var services = fields.Each(
            "services",
            "as in 'services', with 'policies' of those who call it",
            inner => new MeshService(
                inner.Text("name", about: "what others call it by"),
                inner.Integer("port", 80, 1, 65_535, "where it listens"),
                [.. Calls(inner)],
                PolicyReader.Read(inner, usual, "of those who call it")
            ),
            required: true,
            keepsRest: true
        );
        var gateway = fields.Object("gateway", "none", "a proxy in front, to which load goes");
        var to = gateway?.Text("to", about: "the service it leads to");
        if (to is { Length: > 0 } && !fields.IsDescribing && services.All(service => service.Name != to))
        {
            gateway!.Problem("to", $"unknown service '{to}'{NearestWord.Suggest(to, services.Select(static service => service.Name))}");
        }

        var ofGateway = OfProxy(gateway, "replicas", "concurrency", "zone", "cpu_per_request", "cpu_limit");
        var sidecar = fields.Object("sidecar", "none", "what every sidecar has");
        var ofSidecars = OfProxy(sidecar, "concurrency", "cpu_per_request", "cpu_limit");
        if (sidecar is not null && !sidecars && !fields.IsDescribing)
        {
            sidecar.Problem(sidecar.Place, sidecar.Path, "there are no sidecars where 'sidecars' is false");
        }

        fields.End();
        return new MeshModel([.. services], sidecars, ofSidecars, to, ofGateway);
    }

    /// <summary>What is said of proxies that the short form makes.</summary>
    private static List<ConfigEntry> OfProxy(FieldReader? fields, params ReadOnlySpan<string> names)
    {
        List<ConfigEntry> given = [];
        foreach (var name in names)
        {
            if (fields?.Node(name, FieldKind.Any, "as of any proxy", "as of any proxy") is { } value)
            {
                given.Add(new ConfigEntry(name, value.Place, value));
            }
        }

        fields?.End();
        return given;
    }

    private static IEnumerable<string> Calls(FieldReader service)
    {
        var names = new List<string>();
        Gather(service.Node("calls"), names);
        Gather(service.Node("routes"), names);
        return names.Distinct(StringComparer.Ordinal);
    }

    /// <summary>Every <c>to</c> below a node.</summary>
    private static void Gather(ConfigNode? node, List<string> names)
    {
        foreach (var item in node is ConfigSequence list ? list.Items : [])
        {
            Gather(item, names);
        }

        foreach (var entry in node is ConfigMapping mapping ? mapping.Entries : [])
        {
            if (entry is { Key: "to", Value: ConfigScalar to })
            {
                names.Add(to.Text);
            }
            else
            {
                Gather(entry.Value, names);
            }
        }
    }

    private static ConfigMapping Service(ConfigMapping node, MeshService service, MeshModel model)
    {
        IEnumerable<ConfigEntry> own = node.Entries.Where(static entry => entry.Key != "policies");
        return new ConfigMapping(node.Place, [.. own, .. model.Sidecars ? [Entry(node.Place, "sidecar", service.Sidecar)] : (ConfigEntry[])[]]);
    }

    private static ConfigMapping Proxy(ConfigPlace place, string name, string configuration, IReadOnlyList<ConfigEntry> more) =>
        new(place, [Entry(place, "name", name), Entry(place, "config_inline", configuration), .. more]);

    private static ConfigEntry Entry(ConfigPlace place, string key, string value) => new(key, place, new ConfigScalar(place, ScalarKind.Text, value));

    private static void Prepend(List<ConfigEntry> entries, string key, List<ConfigNode> items, ConfigPlace place)
    {
        var at = entries.FindIndex(entry => entry.Key == key);
        IEnumerable<ConfigNode> given =
            at < 0 ? []
            : entries[at].Value is ConfigSequence list ? list.Items
            : [entries[at].Value];
        var joined = new ConfigEntry(key, place, new ConfigSequence(place, [.. items, .. given]));
        if (at < 0)
        {
            entries.Add(joined);
        }
        else
        {
            entries[at] = joined;
        }
    }
}
