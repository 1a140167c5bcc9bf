using Envoy.Admin.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The secrets of static_resources: certificates first, then what they are checked against, keys of session tickets, others.</summary>
internal static class SecretsSection
{
    public static DumpSection Of(RunningConfig config, Func<string, bool> isShown)
    {
        var (bootstrap, kept) = BootstrapSection.MessageOf(config.Snapshot);
        var dump = new SecretsConfigDump();
        var contents = new AnyContents();
        var secrets = (bootstrap.StaticResources?.Secrets ?? []).Where(secret => secret.TypeCase != Secret.TypeOneofCase.None && isShown(secret.Name));
        foreach (var secret in secrets.OrderBy(static secret => Place(secret.TypeCase)))
        {
            dump.StaticSecrets.Add(new SecretsConfigDump.Types.StaticSecret { Name = secret.Name, Secret = contents.Pack(new ProtoMessage(secret, kept)) });
        }

        return new DumpSection(dump, contents);
    }

    private static int Place(Secret.TypeOneofCase type) =>
        type switch
        {
            Secret.TypeOneofCase.TlsCertificate => 0,
            Secret.TypeOneofCase.ValidationContext => 1,
            Secret.TypeOneofCase.SessionTicketKeys => 2,
            _ => 3,
        };
}
