using Envoy.Admin.V3;
using Envoy.Config.Bootstrap.V3;
using Envoy.Config.Core.V3;
using Envoy.Type.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The bootstrap as it was written, with the node completed by the program that runs it.</summary>
internal static class BootstrapSection
{
    /// <summary>node.user_agent_name.</summary>
    private const string Program = "meshsim";

    public static DumpSection Of(RunningConfig config)
    {
        var (message, contents) = MessageOf(config.Snapshot);
        var bootstrap = FieldMaskTree.Copy(message);
        bootstrap.Node = NodeOf(bootstrap.Node, config.Snapshot.Node);
        return new DumpSection(new BootstrapConfigDump { Bootstrap = bootstrap, LastUpdated = ProtoTimes.Milliseconds(config.StartUnixNs) }, contents);
    }

    /// <summary>An empty one for a snapshot that was made in code.</summary>
    public static (Bootstrap Message, AnyContents Contents) MessageOf(ProxySnapshot snapshot) =>
        snapshot.Message is ProtoMessage { Message: Bootstrap bootstrap } kept ? (bootstrap, kept.Contents) : (new Bootstrap(), new AnyContents());

    /// <summary>The command line may name the node otherwise than the bootstrap does.</summary>
    private static Node NodeOf(Node? configured, NodeSnapshot node)
    {
        var shown = configured?.Clone() ?? new Node();
        shown.Id = node.Id;
        shown.Cluster = node.Cluster;
        shown.UserAgentName = Program;
        shown.UserAgentBuildVersion = new BuildVersion { Version = Version() };
        return shown;
    }

    private static SemanticVersion Version()
    {
        var version = typeof(BootstrapSection).Assembly.GetName().Version!;
        return new SemanticVersion
        {
            MajorNumber = (uint)version.Major,
            MinorNumber = (uint)version.Minor,
            Patch = (uint)version.Build,
        };
    }
}
