using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Library;
using MeshSim.Scenarios.Model;

namespace MeshSim.Silo.Tests;

/// <summary>Proxies of the library, dumped and read again.</summary>
public class LibraryDumpTests
{
    public static TheoryData<string> Scenarios => [.. ScenarioLibrary.Names];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void The_dump_of_a_proxy_makes_the_same_proxy(string name)
    {
        var file = ScenarioLibrary.FileName(name);
        var scenario = ScenarioLoader.Load(ScenarioLibrary.Read(file)!, file, path => ScenarioLibrary.ReadBeside(file, path)).Scenario!;
        foreach (var proxy in scenario.Proxies)
        {
            var again = BootstrapLoader.Load(Dump(proxy.Snapshot, ""), "dump.json", allowUnsupported: true);

            Assert.Empty(again.Problems);
            Assert.Equal(proxy.Snapshot.Listeners.Select(static listener => listener.Hash), again.Snapshot!.Listeners.Select(static listener => listener.Hash));
            Assert.Equal(Dump(proxy.Snapshot, "static_clusters"), Dump(again.Snapshot, "static_clusters"));
            Assert.Equal(Dump(proxy.Snapshot, "static_route_configs"), Dump(again.Snapshot, "static_route_configs"));
        }
    }

    private static string Dump(ProxySnapshot snapshot, string resource)
    {
        var random = new RandomSource(1);
        var worker = new Worker(snapshot, new ProxyShared(snapshot), random, epochUnixNs: 0);
        var config = RunningConfig.Of(snapshot, new ProxyMain(snapshot, random).View, 0).With(worker.View);
        return ConfigDumpWriter.Write(config, new ConfigDumpQuery { Resource = resource }).Json;
    }
}
