using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>Who is at an address: endpoints and proxies of a result.</summary>
internal sealed class AddressBook
{
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
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
            foreach (var address in (proxy.Details ?? ProxyDetails.Empty).Addresses)
            {
                names[address] = proxy.Name;
            }
        }
    }

    /// <summary>The name of who is there; the address itself for strangers.</summary>
    public string Name(string address) => names.GetValueOrDefault(address, address);

    public bool IsKnown(string address) => names.ContainsKey(address);

    public bool IsProxy(string name) => proxies.Contains(name);
}
