using MeshSim.Scenarios.Model;
using MeshSim.Testing;

namespace MeshSim.Scenarios.Engine.Tests;

/// <summary>What clients themselves do: wait, think, try again, give up.</summary>
public class ClientTests
{
    private const long Ms = 1_000_000;
    private const long Second = 1_000_000_000;

    private static readonly LoadModel Plain = new("gateway", 100, 0, 20 * Second, "GET", "/", "svc", 20 * Second);

    /// <summary>10 users, 100 ms of thought and 10.2 ms until the answer: 10/0.1102 requests a second, whatever the shape of the thought.</summary>
    [Fact]
    public void Users_ask_again_when_they_have_their_answer()
    {
        var loop = new ClosedLoop(10, new ServiceTime(ServiceTimeShape.Constant, 100 * Ms));
        var result = Run(Plain with { ClosedLoop = loop });

        Assert.InRange(result.Totals.Sent / 20.0, 10 / 0.1102 * 0.99, 10 / 0.1102 * 1.01);
    }

    /// <summary>One of two attempts fails: of 3 attempts all do in an eighth, and 1.75 are made.</summary>
    [Fact]
    public void Clients_try_again()
    {
        var result = Run(Plain with { Retry = new ClientRetry(3, [503], 10 * Ms, Second, RetryJitter.Full) }, errorRate: 0.5);

        var sent = result.Totals.Sent;
        var half = 3.29 * Math.Sqrt(sent * 0.125 * 0.875);
        Assert.InRange(result.Totals.ByStatus[503], (0.125 * sent) - half, (0.125 * sent) + half);
        Assert.InRange(result.Totals.Retries / (double)sent, 0.75 - (3.29 / Math.Sqrt(sent)), 0.75 + (3.29 / Math.Sqrt(sent)));
        Assert.Equal(sent + result.Totals.Retries, result.Endpoints.Single().Arrivals);
    }

    [Fact]
    public void A_user_out_of_patience_is_gone()
    {
        var patience = new ServiceTime(ServiceTimeShape.Constant, 5 * Ms);
        var result = Run(Plain with { Patience = patience, Retry = new ClientRetry(3, [0], 0, 0, RetryJitter.None) });

        Assert.Equal([0], result.Totals.ByStatus.Keys);
        Assert.Equal(result.Totals.Sent, result.Totals.ByStatus[0]);
        Assert.Equal(0, result.Totals.Retries);
    }

    [Fact]
    public void Kinds_of_requests_come_by_their_weights()
    {
        var load = Plain with
        {
            Requests = [new RequestShape(3, "GET", "/a", "svc", [("x-kind", "a")], 0), new RequestShape(1, "POST", "/b", "svc", [], 5_000)],
        };
        var result = Run(load, change: static service => service with { Routes = [new ServiceRoute("/b", TimeModel.None, 0) { Status = 201 }] });

        var all = result.Totals.Sent;
        Assert.InRange(result.Totals.ByStatus[201], (0.25 * all) - (3.29 * Math.Sqrt(all * 0.1875)), (0.25 * all) + (3.29 * Math.Sqrt(all * 0.1875)));
        Assert.Equal([200, 201], result.Totals.ByStatus.Keys);
    }

    private static RunResult Run(LoadModel load, double errorRate = 0, Func<ServiceRole, ServiceRole>? change = null)
    {
        var service = new ServiceRole("svc", 80, 1, 1_000, new ServiceTime(ServiceTimeShape.Constant, 10 * Ms), 100) { ErrorRate = errorRate };
        return SingleProcessRunner.Run(
            new Scenario
            {
                Name = "clients",
                DurationNs = 60 * Second,
                Proxies = [new ProxyRole("gateway", TestScenarios.Proxy(), "", 1, 1)],
                Services = [change?.Invoke(service) ?? service],
                Load = [load],
            },
            seed: 21
        );
    }
}
