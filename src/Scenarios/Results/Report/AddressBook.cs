using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>Who is at an address: endpoints and proxies of a result.</summary>
internal sealed class AddressBook
{
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Proxy, string Address), string> pods = [];
    private readonly HashSet<string> proxies = new(StringComparer.Ordinal);

    public AddressBook(RunResult result)
    {
        foreach (var endpoint in result.Endpoints)
        {
            names[endpoint.Address] = endpoint.Name;
        }

        foreach (var proxy in result.Proxies)
        {
            _ = proxies.Add(proxy.Name);
            var details = proxy.Details ?? ProxyDetails.Empty;
            foreach (var address in details.Addresses)
            {
                names[address] = proxy.Name;
            }

            foreach (var (address, name) in details.Pod)
            {
                pods[(proxy.Name, address)] = name;
            }
        }
    }

    /// <summary>The name of whom a proxy reaches there; the address itself for strangers.</summary>
    public string Name(string proxy, string address) => pods.GetValueOrDefault((proxy, address)) ?? names.GetValueOrDefault(address, address);

    public bool IsProxy(string name) => proxies.Contains(name);
}
