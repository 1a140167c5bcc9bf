using System.CommandLine;
using MeshSim.Silo;

var root = new RootCommand("meshsim: what will these retries, breakers and timeouts do? Runs Envoy configuration in virtual time, or as a live proxy.")
{
    RunCommand.Create(),
    SiloCommand.Create(),
    SweepCommand.Create(),
    LiveCommand.Create(),
    LoadCommand.Create(),
    CompareCommand.Create(),
    ReportCommand.Create(),
    ListCommand.Create(),
    ScenarioCommand.Create(),
    SchemaCommand.Create(),
    ImportCommand.Create(),
    ProxyCommand.Create(),
    ReplayCommand.Create(),
    HttpBinCommand.Create(),
    ExplainCommand.Create(),
    RouteCheckCommand.Create(),
    LbCommand.Create(),
    PlayCommand.Create(),
    FidelityCommand.Create(),
    NotebookCommand.Create(),
    TestLibraryCommand.Create(),
};
return await CommandRunner.RunAsync(root, args).ConfigureAwait(false);
