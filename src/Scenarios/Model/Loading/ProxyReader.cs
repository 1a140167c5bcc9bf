using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads one proxy of a scenario, and its Envoy configuration.</summary>
internal static class ProxyReader
{
    public static ProxyRole Read(FieldReader fields, ReadingContext context)
    {
        var name = fields.Text("name", about: "what it is called, and what configurations resolve");
        var path = fields.Text("config", "", "a file with an Envoy bootstrap or dump; this or config_inline");
        var inline = fields.Text("config_inline", "", "Envoy configuration as text");
        var allowed = fields.Flag(
            "allow_unsupported",
            "HTTP filters that are not supported let everything pass, with a warning each, instead of being refused"
        );
        var text = inline;
        if (path.Length > 0 == inline.Length > 0)
        {
            fields.Problem(path.Length > 0 ? "config_inline" : "config", "give one of 'config' (a file) and 'config_inline' (Envoy configuration as text)");
        }
        else if (path.Length > 0 && context.ReadFile(path) is var found)
        {
            text = found ?? "";
            if (text.Length == 0)
            {
                fields.Problem("config", found is null ? $"cannot read '{path}'" : $"'{path}' is empty; accepted is Envoy configuration");
            }
        }

        context.SimulatedOnly(fields, "cpu_per_request");
        context.SimulatedOnly(fields, "cpu_limit");

        // What cannot be read at all has been told.
        var result =
            text.Length == 0
                ? new ConfigResult(null, [], [])
                : BootstrapLoader.Load(text, path.Length > 0 ? path : $"{fields.Place.File}({fields.At("config_inline")})", allowUnsupported: allowed);
        context.Problems.AddRange(result.Problems);
        context.Warnings.AddRange(result.Warnings);
        if (result.Snapshot is { Listeners: [] } && text.Length > 0)
        {
            fields.Problem(path.Length > 0 ? "config" : "config_inline", "the configuration has no listener, so no load can reach it");
        }

        if (result.Snapshot is { } snapshot && TcpListeners.FirstUnspoken(snapshot) is { } unspoken)
        {
            fields.Problem(path.Length > 0 ? "config" : "config_inline", unspoken);
        }

        return new ProxyRole(
            name,
            result.Snapshot ?? new ProxySnapshot(),
            text,
            fields.Integer("concurrency", 1, 1, 1024, "its worker threads"),
            fields.Integer("replicas", 1, 1, 10_000, "how many of it there are; a sidecar has one in each pod of its services")
        )
        {
            Zones = Zones(fields, context),
            CpuPerRequestNs = fields.DurationNs("cpu_per_request", "0s", "CPU time of a worker for each request; what comes meanwhile waits for the worker"),
            CpuLimit =
                fields.OptionalNumber("cpu_limit", 0.01, 1024, "no limit", "CPUs that all its workers together may use, out of each 100 ms")
                ?? double.PositiveInfinity,
        };
    }

    /// <summary><c>zone: a</c>, or <c>zone: [a, b]</c> in turn.</summary>
    public static ImmutableArray<string> Zones(FieldReader fields, ReadingContext context)
    {
        context.SimulatedOnly(fields, "zone");
        return fields.Texts("zone", "where it is; of several names its replicas take turns");
    }
}
