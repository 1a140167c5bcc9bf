using Envoy.Admin.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The secrets that SDS brought.</summary>
internal sealed class DumpedSecrets
{
    private readonly Dictionary<string, (IMessage Entry, Any Secret)> secrets = new(StringComparer.Ordinal);
    private readonly ShareBudget budget;
    private readonly SourceMap map;
    private readonly DumpContents contents;

    public DumpedSecrets(SourceMap map, DumpContents contents, DumpNotes notes, IEnumerable<SecretsConfigDump> sections)
    {
        this.map = map;
        this.contents = contents;
        budget = new ShareBudget(map, "names and certificates to check against");
        foreach (var section in sections)
        {
            foreach (var entry in section.DynamicActiveSecrets)
            {
                notes.Refused(entry, entry.ErrorState, $"secret '{entry.Name}'");
                Add(entry.Name, entry, entry.Secret);
            }

            foreach (var entry in section.StaticSecrets)
            {
                Add(entry.Name, entry, entry.Secret);
            }

            foreach (var entry in section.DynamicWarmingSecrets)
            {
                notes.LeftOut(entry, $"secret '{entry.Name}' is warming: Envoy has not got it yet, and it is left out");
            }
        }
    }

    /// <summary>Puts the secrets into the TLS contexts that were to ask for them.</summary>
    public void Resolve()
    {
        foreach (var (message, _) in map.Messages.ToArray())
        {
            if (message is CommonTlsContext common)
            {
                ResolveCertificates(common);
                ResolveValidation(common);
            }
            else if (message is DownstreamTlsContext { SessionTicketKeysSdsSecretConfig: { } sds } downstream && Find(sds)?.SessionTicketKeys is { } keys)
            {
                map.Settle(downstream, "session_ticket_keys_sds_secret_config");
                downstream.SessionTicketKeys = keys;
            }
        }
    }

    private void Add(string name, IMessage entry, Any? secret)
    {
        if (secret is not null)
        {
            _ = secrets.TryAdd(name, (entry, secret));
        }
    }

    private void ResolveCertificates(CommonTlsContext context)
    {
        foreach (var sds in context.TlsCertificateSdsSecretConfigs.ToArray())
        {
            if (Find(sds)?.TlsCertificate is { } certificate)
            {
                map.Settle(sds);
                context.TlsCertificates.Add(certificate);
                _ = context.TlsCertificateSdsSecretConfigs.Remove(sds);
            }
        }
    }

    private void ResolveValidation(CommonTlsContext context)
    {
        if (context.ValidationContextSdsSecretConfig is { } sds && Find(sds)?.ValidationContext is { } own)
        {
            map.Settle(context, "validation_context_sds_secret_config");
            context.ValidationContext = own;
        }
        else if (
            context.CombinedValidationContext is { ValidationContextSdsSecretConfig: { } part } combined
            && Find(part)?.ValidationContext is { } found
            && budget.TryTake(part, "name", part.Name, ItemsIn(found))
        )
        {
            map.Settle(combined, "validation_context_sds_secret_config");
            combined.ValidationContextSdsSecretConfig = null;
            combined.DefaultValidationContext = combined.DefaultValidationContext is { } under ? Merged(under, found) : found;
        }
    }

    private Secret? Find(SdsSecretConfig sds)
    {
        if (secrets.TryGetValue(sds.Name, out var found))
        {
            // It stands below the transport_socket that names it; what there is to say is said of that.
            map.Settle(found.Entry, "secret");
            return contents.Read<Secret>(found.Secret);
        }

        if (sds.SdsConfig is not null)
        {
            map.Warn(sds, "name", $"the dump has no active secret '{sds.Name}'");
            map.Settle(sds, "sds_config");
        }

        return null;
    }

    /// <summary>What was found over what was written, without copying messages.</summary>
    private static CertificateValidationContext Merged(CertificateValidationContext under, CertificateValidationContext over)
    {
        var nothing = new CertificateValidationContext();
        foreach (var field in CertificateValidationContext.Descriptor.Fields.InDeclarationOrder())
        {
            var value = field.Accessor.GetValue(over);
            if (field.IsRepeated)
            {
                AddAll(field, under, (System.Collections.IList)value);
            }
            else if (value is not null && !value.Equals(field.Accessor.GetValue(nothing)))
            {
                field.Accessor.SetValue(under, value);
            }
        }

        return under;
    }

    private static int ItemsIn(CertificateValidationContext context) =>
        1
        + context.MatchTypedSubjectAltNames.Count
        + context.MatchSubjectAltNames.Count
        + context.VerifyCertificateSpki.Count
        + context.VerifyCertificateHash.Count;

    private static void AddAll(FieldDescriptor field, IMessage message, System.Collections.IList items)
    {
        var list = (System.Collections.IList)field.Accessor.GetValue(message);
        foreach (var item in items)
        {
            _ = list.Add(item);
        }
    }
}
