namespace MeshSim.ProxyRuntime.Core;

/// <summary>Statistics of the fault filter under <c>http.&lt;stat_prefix&gt;.fault.</c></summary>
internal sealed class FaultStats
{
    public FaultStats(StatSheet sheet, string prefix)
    {
        AbortsInjected = sheet.Counter(prefix + "aborts_injected");
        DelaysInjected = sheet.Counter(prefix + "delays_injected");
        FaultsOverflow = sheet.Counter(prefix + "faults_overflow");
        ResponseRlInjected = sheet.Counter(prefix + "response_rl_injected");
        ActiveFaults = sheet.Gauge(prefix + "active_faults");
    }

    public Counter AbortsInjected { get; }

    public Counter DelaysInjected { get; }

    public Counter FaultsOverflow { get; }

    public Counter ResponseRlInjected { get; }

    public Gauge ActiveFaults { get; }
}

/// <summary>What is special for requests of one downstream cluster (x-envoy-downstream-service-cluster): runtime keys, statistics.</summary>
internal sealed class FaultDownstreamCluster(StatSheet sheet, string prefix, string name)
{
    private Counter? abortsInjected;
    private Counter? delaysInjected;

    public string DelayPercentKey { get; } = $"fault.http.{name}.delay.fixed_delay_percent";

    public string AbortPercentKey { get; } = $"fault.http.{name}.abort.abort_percent";

    public string DelayDurationKey { get; } = $"fault.http.{name}.delay.fixed_duration_ms";

    public string AbortHttpStatusKey { get; } = $"fault.http.{name}.abort.http_status";

    public string AbortGrpcStatusKey { get; } = $"fault.http.{name}.abort.grpc_status";

    public void AbortInjected() => Count(ref abortsInjected, "aborts_injected");

    public void DelayInjected() => Count(ref delaysInjected, "delays_injected");

    private void Count(ref Counter? counter, string what)
    {
        if (name.Length > 0)
        {
            (counter ??= sheet.Counter($"{prefix}{name}.{what}")).Increment();
        }
    }
}
