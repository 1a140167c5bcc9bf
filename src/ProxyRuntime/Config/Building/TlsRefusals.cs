using System.Collections;
using Google.Protobuf;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>What a TLS context asks for and drivers with connections cannot do: refused in its place for them, else noted for whoever comes later.</summary>
internal sealed class TlsRefusals(BuildContext context)
{
    /// <summary>The first, as text for the user; empty for none.</summary>
    public string First { get; private set; } = "";

    public void Note(string text) => First = First.Length > 0 ? First : text;

    public void Refuse(IMessage message, string field, string text)
    {
        Note($"{field}: {text}");
        if (context.ForConnections)
        {
            context.Map.Unsupported(message, field, text);
        }
    }

    /// <summary>Refuses each of these fields that says something.</summary>
    public void Refuse(IMessage message, ReadOnlySpan<string> fields)
    {
        foreach (var name in fields)
        {
            if (context.Map.Has(message, name) && message.Descriptor.FindFieldByName(name) is { } field && Says(field.Accessor.GetValue(message)))
            {
                Refuse(message, name, $"'{name}' is not supported yet over connections; accepted: none");
            }
        }
    }

    private static bool Says(object? value) =>
        value switch
        {
            null => false,
            bool flag => flag,
            Enum number => Convert.ToInt32(number, System.Globalization.CultureInfo.InvariantCulture) != 0,
            IList list => list.Count > 0,
            _ => true,
        };
}
