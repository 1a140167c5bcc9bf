namespace MeshSim.ProxyRuntime.Admin.Tests;

internal static class ExpectedDump
{
    public const string Small = "";
}
