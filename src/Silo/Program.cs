using System.CommandLine;
using MeshSim.Silo;

var root = new RootCommand("meshsim: what will these retries, breakers and timeouts do? Runs Envoy configuration in virtual time, or as a live proxy.")
{
    ProxyCommand.Create(),
    HttpBinCommand.Create(),
};
return await CommandRunner.RunAsync(root, args).ConfigureAwait(false);
