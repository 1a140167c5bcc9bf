using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads one server of an experiment: a service with one replica, and a fault for all that a phase sets.</summary>
internal static class ServerReader
{
    private const string DefaultAddress = "127.0.0.1";
    private const int ResponseBytes = 16;

    public static (ServiceRole Service, ImmutableArray<Fault> Faults) Read(
        string name,
        FieldReader fields,
        Calibration calibration,
        List<ConfigProblem> problems
    )
    {
        var address = fields.Text("address", DefaultAddress);
        if (!System.Net.IPAddress.TryParse(address, out _))
        {
            fields.Problem("address", $"'{address}' is not accepted; accepted is an IP address");
        }

        var service = new ServiceRole(
            name,
            fields.RequiredInteger("port", 1, 65_535),
            Replicas: 1,
            fields.RequiredInteger("workers", 1, 100_000),
            ReadService(fields, problems),
            ResponseBytes
        )
        {
            Addresses = [address],
            OverheadNs = calibration.TimerLatenessNs,
        };
        var faults = ReadPhases(name, fields, problems);
        fields.End();
        return (service, faults);
    }

    private static ServiceTime ReadService(FieldReader server, List<ConfigProblem> problems)
    {
        if (server.Node("service") is not { } node)
        {
            server.Problem("service", "this field is required, for example {\"kind\": \"exponential\", \"mean_ms\": 20}");
            return new ServiceTime(ServiceTimeShape.Constant, 0);
        }

        var fields = new FieldReader(node, server.At("service"), problems);
        var kind = fields.Text("kind");
        if (!Enum.TryParse<ServiceTimeShape>(kind, ignoreCase: true, out var shape) || kind.Any(char.IsAsciiDigit))
        {
            fields.Problem("kind", $"'{kind}' is not accepted; accepted are constant, exponential and lognormal");
        }

        var mean = ExperimentLoader.Nanoseconds(fields.Number("mean_ms", null, min: 0, max: 1e6), 1e6);
        var sigma = shape == ServiceTimeShape.Lognormal ? fields.Number("sigma", null, min: 0, max: 5) : 0;
        fields.End();
        return new ServiceTime(shape, mean, sigma);
    }

    /// <summary>Each phase replaces the one before as a whole, and lasts until the next.</summary>
    private static ImmutableArray<Fault> ReadPhases(string name, FieldReader server, List<ConfigProblem> problems)
    {
        var phases = server
            .List("phases")
            .Select((node, i) => new FieldReader(node, string.Create(CultureInfo.InvariantCulture, $"{server.At("phases")}[{i}]"), problems))
            .Select(static fields => (Fields: fields, FromNs: Begin(fields)))
            .ToArray();
        var faults = ImmutableArray.CreateBuilder<Fault>();
        for (var i = 0; i < phases.Length; i++)
        {
            var (fields, from) = phases[i];
            if (i > 0 && from <= phases[i - 1].FromNs)
            {
                fields.Problem("at", "phases come in the order of time");
            }

            var until = i + 1 < phases.Length ? phases[i + 1].FromNs : long.MaxValue;
            faults.AddRange(ReadPhase(name, fields, from, until));
            fields.End();
        }

        return faults.ToImmutable();
    }

    private static long Begin(FieldReader phase) =>
        ExperimentLoader.Nanoseconds(phase.Number("at", null, min: 0, max: 1e6), MonotonicTime.NanosecondsPerSecond);

    private static IEnumerable<Fault> ReadPhase(string name, FieldReader fields, long from, long until)
    {
        var errorRate = fields.Number("error_rate", 0, min: 0, max: 1);
        var status = fields.Integer("status", 503, 400, 599);
        var slowFactor = fields.Number("slow_factor", 1, max: 1e6, above: 0);
        if (errorRate > 0)
        {
            yield return new ErrorRateFault(name, [], errorRate, status, from, until);
        }

        if (slowFactor != 1)
        {
            yield return new SlowFault(name, [], slowFactor, from, until);
        }

        if (fields.Flag("down"))
        {
            yield return new DownFault(name, [], from, until);
        }
    }
}
