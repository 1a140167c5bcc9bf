using System.Text;
using System.Text.Json;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary>A <see cref="ClusterBalance"/> for programs.</summary>
public static class BalanceJson
{
    public static string Write(ClusterBalance balance)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("cluster", balance.Cluster.Name);
            json.WriteString("policy", balance.Cluster.LoadBalancing.Policy.Name);
            json.WriteBoolean("exact", balance.IsExact);
            if (!balance.IsExact)
            {
                json.WriteNumber("picks", balance.Question.Picks);
                json.WriteNumber("seed", balance.Question.Seed);
            }

            json.WriteNumber("total_health", balance.TotalHealth);
            json.WriteNumber("panic_threshold", balance.PanicThreshold);
            Priorities(json, balance);
            Localities(json, balance);
            Hosts(json, balance);
            json.WriteNumber("no_host", balance.None);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Priorities(Utf8JsonWriter json, ClusterBalance balance)
    {
        json.WriteStartArray("priorities");
        foreach (var priority in balance.Priorities)
        {
            json.WriteStartObject();
            json.WriteNumber("hosts", priority.Hosts);
            json.WriteNumber("healthy", priority.Healthy);
            json.WriteNumber("degraded", priority.Degraded);
            json.WriteNumber("excluded", priority.Excluded);
            json.WriteNumber("health", priority.Health);
            json.WriteNumber("degraded_health", priority.DegradedHealth);
            json.WriteNumber("load", priority.Load);
            json.WriteNumber("degraded_load", priority.DegradedLoad);
            json.WriteBoolean("panic", priority.InPanic);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Localities(Utf8JsonWriter json, ClusterBalance balance)
    {
        json.WriteStartArray("localities");
        foreach (var locality in balance.Localities)
        {
            json.WriteStartObject();
            json.WriteNumber("priority", locality.Priority);
            json.WriteString("region", locality.Locality.Region);
            json.WriteString("zone", locality.Locality.Zone);
            json.WriteString("sub_zone", locality.Locality.SubZone);
            json.WriteNumber("weight", locality.Weight);
            json.WriteNumber("hosts", locality.Hosts);
            json.WriteNumber("healthy", locality.Healthy);
            json.WriteNumber("effective_weight", locality.Effective);
            json.WriteNumber("share", locality.Share);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Hosts(Utf8JsonWriter json, ClusterBalance balance)
    {
        json.WriteStartArray("endpoints");
        foreach (var host in balance.Hosts)
        {
            json.WriteStartObject();
            json.WriteString("address", host.Host.Address.Text);
            json.WriteString("hostname", host.Host.Hostname);
            json.WriteNumber("priority", host.Host.Priority);
            json.WriteNumber("weight", host.Host.Weight);
            json.WriteString("health", HostHealth.Text(host.Health));
            json.WriteNumber("share", host.Share);
            if (!balance.IsExact)
            {
                var (low, high) = ShareInterval.Of(host.Picks, balance.Question.Picks);
                json.WriteNumber("low", low);
                json.WriteNumber("high", high);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
