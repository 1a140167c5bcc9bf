using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Live.Tests;

public class LoopbackPlanTests
{
    private static readonly ServiceTime Time = new(ServiceTimeShape.Constant, 1_000_000);

    private readonly LoopbackPlan plan = new(
        new Scenario
        {
            Name = "plan",
            DurationNs = 1,
            Proxies = [Proxy("gateway", 2, "0.0.0.0:15001", "10.9.9.9:80"), Proxy("sidecar", 1, "127.0.0.1:15006")],
            Services =
            [
                new ServiceRole("orders", 80, 2, 1, Time, 0),
                new ServiceRole("fixed", 9000, 1, 1, Time, 0) { Addresses = ["192.168.7.7"] },
                new ServiceRole("neighbour", 9001, 1, 1, Time, 0) { Addresses = ["192.168.7.7"] },
            ],
            Load = [],
        },
        network: 99
    );

    [Fact]
    public void Every_pod_has_an_address_of_its_own_on_loopback()
    {
        var all = plan.Proxies.Select(static proxy => proxy.Address).Concat(plan.Endpoints.Select(static endpoint => endpoint.Address.Address)).ToArray();

        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.All(all, static ip => Assert.StartsWith("127.99.", ip.ToString(), StringComparison.Ordinal));
        Assert.Equal(["gateway-0", "gateway-1", "sidecar"], plan.Proxies.Select(static proxy => proxy.Name));
        Assert.Equal(["orders-0", "orders-1", "fixed-0", "neighbour-0"], plan.Endpoints.Select(static endpoint => endpoint.Name));
    }

    [Fact]
    public void Names_lead_to_replicas_and_strangers_to_nobody()
    {
        Assert.Equal(plan.Proxies.Take(2).Select(static proxy => proxy.Address.ToString()), plan.Resolve("gateway").Addresses);
        Assert.Equal(plan.Endpoints.Take(2).Select(static endpoint => endpoint.Address.Address.ToString()), plan.Resolve("orders").Addresses);
        Assert.Equal("127.9.9.9", Assert.Single(plan.Resolve("127.9.9.9").Addresses));
        Assert.False(plan.Resolve("example.com").Succeeded);
    }

    [Fact]
    public void Addresses_lead_to_who_has_them_with_that_port()
    {
        Assert.Equal(plan.Endpoints[2].Address.ToString(), plan.Translate("192.168.7.7", 9000).Text);
        Assert.Equal(plan.Endpoints[3].Address.ToString(), plan.Translate("192.168.7.7", 9001).Text);
        Assert.Equal(plan.Proxies[2].Listeners[0].ToString(), plan.Translate("127.0.0.1", 15006).Text);

        // The first proxy has it; a listener at a certain address is not at the pod's own.
        Assert.Equal(plan.Proxies[0].Listeners[1].ToString(), plan.Translate("10.9.9.9", 80).Text);
        Assert.NotEqual(plan.Proxies[0].Address, plan.Proxies[0].Listeners[1].Address);

        // An address of nobody's stays on loopback, too, and is always the same.
        var nobody = plan.Translate("8.8.8.8", 53);
        Assert.StartsWith("127.99.", nobody.Ip, StringComparison.Ordinal);
        Assert.Equal(nobody, plan.Translate("8.8.8.8", 53));
        Assert.DoesNotContain(plan.Endpoints, endpoint => endpoint.Address.Address.ToString() == nobody.Ip);
    }

    [Fact]
    public void Ports_of_the_system_are_moved_everywhere_alike()
    {
        Assert.Equal(40_080, plan.Endpoints[0].Address.Port);
        Assert.Equal(40_080, plan.Translate("orders", 80).Port);
        Assert.Equal(40_080, plan.Proxies[0].Listeners[1].Port);
        Assert.Equal(1024, LoopbackPlan.Port(1024));
        Assert.Equal(0, LoopbackPlan.Port(0));
    }

    [Fact]
    public void The_table_tells_all()
    {
        Assert.Equal(5, plan.Table.Count(static row => row.Kind == "listener"));
        Assert.Contains(
            plan.Table,
            row => row is { Kind: "endpoint", Name: "orders-1", Configured: "orders:80" } && row.Bound == plan.Endpoints[1].Address.ToString()
        );
        Assert.Contains(plan.Table, static row => row is { Name: "fixed-0", Configured: "192.168.7.7:9000" });
    }

    private static ProxyRole Proxy(string name, int replicas, params string[] listeners) =>
        new(
            name,
            new ProxySnapshot
            {
                Listeners =
                [
                    .. listeners.Select(static at => new ListenerSnapshot
                    {
                        Name = at,
                        StatPrefix = at,
                        Address = new NetworkAddress(at.Split(':')[0], int.Parse(at.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)),
                    }),
                ],
            },
            "",
            1,
            replicas
        );
}
