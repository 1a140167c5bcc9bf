using System.Collections;
using System.Text;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Private keys, passwords and the like: a dump has <c>[redacted]</c> in their place.</summary>
internal static class RedactedFields
{
    private static readonly ByteString MarkBytes = ByteString.CopyFrom(SensitiveFields.Mark, Encoding.ASCII);

    /// <summary>Warns of every such field, and takes private keys away: what is there instead is no key.</summary>
    public static void Check(SourceMap map)
    {
        Dictionary<ConfigPath, string> secrets = [];
        foreach (var (message, source) in map.Messages)
        {
            if (message is Secret secret)
            {
                secrets[source.Path] = secret.Name;
            }

            foreach (var (name, (place, path)) in source.Fields)
            {
                if (IsRedacted(message.Descriptor.FindFieldByName(name).Accessor.GetValue(message)))
                {
                    map.Warn(place, path, $"{Owner(secrets, path)}redacted in the dump: what stood here is not known");
                }
            }
        }

        foreach (var certificate in map.Messages.Select(static entry => entry.Message).OfType<TlsCertificate>())
        {
            if (certificate.PrivateKey is { } key && IsRedacted(key))
            {
                certificate.PrivateKey = null;
            }
        }
    }

    private static bool IsRedacted(DataSource source) =>
        source.SpecifierCase switch
        {
            DataSource.SpecifierOneofCase.InlineString => IsRedacted(source.InlineString),
            DataSource.SpecifierOneofCase.InlineBytes => IsRedacted(source.InlineBytes),
            DataSource.SpecifierOneofCase.Filename => IsRedacted(source.Filename),
            DataSource.SpecifierOneofCase.EnvironmentVariable => IsRedacted(source.EnvironmentVariable),
            _ => false,
        };

    private static bool IsRedacted(object? value) =>
        value switch
        {
            string text => text == SensitiveFields.Mark,
            ByteString bytes => bytes == MarkBytes,
            IDictionary map => IsRedacted(map.Values),
            ICollection list => IsRedacted(list),
            _ => false,
        };

    private static bool IsRedacted(ICollection values)
    {
        foreach (var value in values)
        {
            if (value is string or ByteString && IsRedacted(value))
            {
                return true;
            }
        }

        return false;
    }

    private static string Owner(Dictionary<ConfigPath, string> secrets, ConfigPath path)
    {
        for (var at = path; at is not null; at = at.Parent)
        {
            if (secrets.TryGetValue(at, out var name))
            {
                return $"secret '{name}': ";
            }
        }

        return "";
    }
}
