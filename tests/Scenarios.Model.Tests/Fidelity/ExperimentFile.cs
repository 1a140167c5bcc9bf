namespace MeshSim.Scenarios.Model.Tests;

/// <summary>A small experiment file, to be spoilt line by line.</summary>
internal static class ExperimentFile
{
    public const string Text = """
        {
         "name": "demo", "doc": "two servers behind a sidecar",
         "config": {"static_resources": {
          "listeners": [{"name": "main", "address": {"socket_address": {"address": "127.0.0.1", "port_value": 10000}}, "filter_chains": [{"filters": []}]}],
          "clusters": [{"name": "svc", "type": "STATIC"}]}},
         "inner": {"sidecar": {"static_resources": {
          "listeners": [{"name": "main", "address": {"socket_address": {"address": "127.0.0.1", "port_value": 10010}}, "filter_chains": [{"filters": []}]}]}}},
         "servers": {
          "a": {"port": 21001, "service": {"kind": "exponential", "mean_ms": 20}, "workers": 2,
           "phases": [{"at": 5, "error_rate": 0.5, "status": 500}, {"at": 8, "slow_factor": 4}, {"at": 9.5, "down": true}, {"at": 11}]},
          "b": {"port": 21002, "service": {"kind": "lognormal", "mean_ms": 10, "sigma": 0.5}, "workers": 3}},
         "load": [{"from": 0, "to": 5, "rps": 100}, {"from": 5, "to": 12, "rps": 300}],
         "zipf": {"header": "x-user", "prefix": "u", "keys": 10, "s": 1.1},
         "runs": [
          {"sent": 10, "ok_fraction": 0.9, "ok_p50_ms": 15.5, "ok_p90_ms": 40, "ok_p99_ms": 90.1, "arrivals": {"a": 5, "b": 6},
           "stats": {"cluster.svc.upstream_rq_retry": "1"},
           "seconds": [{"second": 0, "sent": 10, "statuses": {"200": 9, "503": 1}, "p50_ms": 15.5, "p99_ms": null, "arrivals": {"a": 5}}]}]
        }
        """;

    public static ExperimentResult Load(string right = "", string wrong = "") =>
        ExperimentLoader.Load(right.Length == 0 ? Text : Text.Replace(right, wrong, StringComparison.Ordinal), "demo.json");
}
