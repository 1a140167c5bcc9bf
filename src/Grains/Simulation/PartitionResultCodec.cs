using System.Collections.Immutable;
using System.Text.Json;
using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;

namespace MeshSim.Grains.Simulation;

/// <summary>Results of a partition as bytes, and back.</summary>
public static class PartitionResultCodec
{
    public static byte[] Encode(PartitionResult result)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(result.Partition.Index);
        writer.Write(result.Partition.Entities);
        writer.Write(result.Partition.Events);
        WriteAll(writer, result.Clients, WriteClient);
        WriteAll(writer, result.Proxies, WriteProxy);
        WriteAll(writer, result.Endpoints, WriteEndpoint);
        writer.Flush();
        return bytes.ToArray();
    }

    public static PartitionResult Decode(Scenario scenario, byte[] encoded)
    {
        using var reader = new BinaryReader(new MemoryStream(encoded));
        return new PartitionResult(
            new PartitionRecord(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt64()),
            ReadAll(reader, from => ReadClient(scenario, from)),
            ReadAll(reader, ReadProxy),
            ReadAll(reader, ReadEndpoint)
        );
    }

    private static void WriteClient(BinaryWriter writer, ClientRecorder client)
    {
        var totals = client.Totals;
        writer.Write(totals.Sent);
        writer.Write(totals.Retries);
        WriteStatuses(writer, totals.ByStatus);
        WriteHistogram(writer, totals.Latency);
        WriteHistogram(writer, totals.OkLatency);
        writer.Write(client.Seconds.Length);
        foreach (var second in client.Seconds)
        {
            writer.Write(second.Second);
            writer.Write(second.Sent);
            WriteStatuses(writer, second.ByStatus);
            WriteHistogram(writer, second.Latency);
        }
    }

    private static ClientRecorder ReadClient(Scenario scenario, BinaryReader reader)
    {
        var (sent, retries) = (reader.ReadInt64(), reader.ReadInt64());
        var totals = new ClientTotals(sent, ReadStatuses(reader), ReadHistogram(reader), ReadHistogram(reader)) { Retries = retries };
        var seconds = new SecondRecord[reader.ReadInt32()];
        for (var i = 0; i < seconds.Length; i++)
        {
            seconds[i] = new SecondRecord(reader.ReadInt32(), reader.ReadInt64(), ReadStatuses(reader), ReadHistogram(reader));
        }

        return ClientRecorder.From(scenario.WarmUpNs, totals, seconds);
    }

    private static void WriteProxy(BinaryWriter writer, ProxyRecord proxy)
    {
        writer.Write(proxy.Name);
        WriteNamed(writer, proxy.Stats);
        WriteNamed(writer, proxy.Responses);
        writer.Write(proxy.Events.Length);
        foreach (var (file, json) in proxy.Events)
        {
            writer.Write(file);
            writer.Write(json);
        }

        writer.Write(proxy.StatsBySecond.Count);
        foreach (var (name, seconds) in proxy.StatsBySecond)
        {
            writer.Write(name);
            WriteSeconds(writer, seconds);
        }

        var details = proxy.Details is { } known ? JsonSerializer.SerializeToUtf8Bytes(known) : [];
        writer.Write(details.Length);
        writer.Write(details);
    }

    private static ProxyRecord ReadProxy(BinaryReader reader)
    {
        var proxy = new ProxyRecord(reader.ReadString(), ReadNamed(reader), ReadNamed(reader)) { Events = ReadEvents(reader) };
        var series = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<long>>(StringComparer.Ordinal);
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            series.Add(reader.ReadString(), ReadSeconds(reader));
        }

        return proxy with
        {
            StatsBySecond = series.ToImmutable(),
            Details = reader.ReadInt32() is var length and > 0 ? JsonSerializer.Deserialize<ProxyDetails>(reader.ReadBytes(length)) : null,
        };
    }

    private static ImmutableArray<ProxyEvent> ReadEvents(BinaryReader reader)
    {
        var events = new ProxyEvent[reader.ReadInt32()];
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = new ProxyEvent(reader.ReadString(), reader.ReadString());
        }

        return [.. events];
    }

    private static void WriteEndpoint(BinaryWriter writer, EndpointRecord endpoint)
    {
        writer.Write(endpoint.Name);
        writer.Write(endpoint.Address);
        writer.Write(endpoint.Arrivals);
        writer.Write(endpoint.Answered);
        writer.Write(endpoint.Errors);
        writer.Write(endpoint.MaxQueue);
        WriteSeconds(writer, endpoint.ArrivalsBySecond);
        WriteSeconds(writer, endpoint.AnsweredBySecond);
        WriteSeconds(writer, endpoint.ErrorsBySecond);
        WriteSeconds(writer, endpoint.MaxQueueBySecond);
    }

    private static EndpointRecord ReadEndpoint(BinaryReader reader) =>
        new(reader.ReadString(), reader.ReadString(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64())
        {
            ArrivalsBySecond = ReadSeconds(reader),
            AnsweredBySecond = ReadSeconds(reader),
            ErrorsBySecond = ReadSeconds(reader),
            MaxQueueBySecond = ReadSeconds(reader),
        };

    private static void WriteSeconds(BinaryWriter writer, ImmutableArray<long> seconds)
    {
        writer.Write(seconds.Length);
        foreach (var count in seconds)
        {
            writer.Write7BitEncodedInt64(count);
        }
    }

    private static ImmutableArray<long> ReadSeconds(BinaryReader reader)
    {
        var seconds = new long[reader.ReadInt32()];
        for (var i = 0; i < seconds.Length; i++)
        {
            seconds[i] = reader.Read7BitEncodedInt64();
        }

        return [.. seconds];
    }

    private static void WriteAll<T>(BinaryWriter writer, ImmutableSortedDictionary<int, T> items, Action<BinaryWriter, T> write)
    {
        writer.Write(items.Count);
        foreach (var (id, item) in items)
        {
            writer.Write(id);
            write(writer, item);
        }
    }

    private static ImmutableSortedDictionary<int, T> ReadAll<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var items = ImmutableSortedDictionary.CreateBuilder<int, T>();
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            items.Add(reader.ReadInt32(), read(reader));
        }

        return items.ToImmutable();
    }

    private static void WriteNamed(BinaryWriter writer, ImmutableSortedDictionary<string, long> values)
    {
        writer.Write(values.Count);
        foreach (var (name, value) in values)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }

    private static ImmutableSortedDictionary<string, long> ReadNamed(BinaryReader reader)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            values.Add(reader.ReadString(), reader.ReadInt64());
        }

        return values.ToImmutable();
    }

    private static void WriteStatuses(BinaryWriter writer, ImmutableSortedDictionary<int, long> values)
    {
        writer.Write(values.Count);
        foreach (var (status, value) in values)
        {
            writer.Write(status);
            writer.Write(value);
        }
    }

    private static ImmutableSortedDictionary<int, long> ReadStatuses(BinaryReader reader)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<int, long>();
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            values.Add(reader.ReadInt32(), reader.ReadInt64());
        }

        return values.ToImmutable();
    }

    private static void WriteHistogram(BinaryWriter writer, LatencyHistogram histogram)
    {
        writer.Write(histogram.SumUs);
        writer.Write(histogram.MaxUs);
        writer.Write(histogram.Bins.Length);
        foreach (var bin in histogram.Bins)
        {
            writer.Write7BitEncodedInt64(bin);
        }
    }

    private static LatencyHistogram ReadHistogram(BinaryReader reader)
    {
        var (sum, max) = (reader.ReadInt64(), reader.ReadInt64());
        var bins = new long[reader.ReadInt32()];
        for (var i = 0; i < bins.Length; i++)
        {
            bins[i] = reader.Read7BitEncodedInt64();
        }

        return new LatencyHistogram(bins, sum, max);
    }
}
