using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary><c>/listeners</c>: the name and the address of each.</summary>
public static class ListenersPage
{
    private static readonly JsonWriterOptions Layout = new()
    {
        Indented = true,
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Text(IEnumerable<ListenerSnapshot> listeners) =>
        string.Concat(listeners.Select(static listener => $"{listener.Name}::{listener.Address.Text}\n"));

    public static string Json(IReadOnlyCollection<ListenerSnapshot> listeners)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, Layout))
        {
            json.WriteStartObject();
            if (listeners.Count > 0)
            {
                json.WriteStartArray("listener_statuses");
                foreach (var listener in listeners)
                {
                    Write(json, listener);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan) + "\n";
    }

    private static void Write(Utf8JsonWriter json, ListenerSnapshot listener)
    {
        json.WriteStartObject();
        json.WriteString("name", listener.Name);
        json.WriteStartObject("local_address");
        json.WriteStartObject("socket_address");
        json.WriteString("address", listener.Address.Ip);
        json.WriteNumber("port_value", listener.Address.Port);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
