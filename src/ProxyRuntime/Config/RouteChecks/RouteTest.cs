using System.Text;
using Envoy.RouterCheckToolSchema;
using Google.Protobuf.WellKnownTypes;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Runs one test: asks the table, then compares, in the order of Envoy's tool.</summary>
internal sealed class RouteTest(CheckedTable table, RouteTestItem item, RouteCoverage coverage)
{
    private readonly RouteProbe probe = new(table.Table);
    private readonly ValidationFailure failure = new();
    private readonly List<string> failures = [];

    /// <summary>A line for each expectation that was not met.</summary>
    public IReadOnlyList<string> Failures => failures;

    public ValidationItemResult Result
    {
        get
        {
            var result = new ValidationItemResult { TestName = item.Message.TestName, TestPassed = failures.Count == 0 };
            if (failures.Count > 0)
            {
                result.Failure = failure;
            }

            return result;
        }
    }

    private RouteAction? Action => probe.Route?.Action as RouteAction;

    public void Run()
    {
        FillIn();
        probe.Find(Runtime(), Random());
        probe.Finish();
        CompareRoute();
        CompareAnswer();
        CompareTimeout();
        foreach (var expected in item.RequestHeaders)
        {
            CompareHeader(probe.Request, expected, "request_header_matches", failure.RequestHeaderMatchFailures.Add);
        }

        foreach (var field in item.Expected.RequestHeaderFields)
        {
            _ = Equal(field.Value, First(probe.Request, field.Key) ?? "", "request_header_fields");
        }

        foreach (var expected in item.ResponseHeaders)
        {
            CompareHeader(probe.Response, expected, "response_header_matches", failure.ResponseHeaderMatchFailures.Add);
        }

        foreach (var field in item.Expected.ResponseHeaderFields)
        {
            _ = Equal(field.Value, First(probe.Response, field.Key) ?? "", "response_header_fields");
        }
    }

    // Input.

    private void FillIn()
    {
        var input = item.Input;
        var scheme = input.Ssl ? "https" : "http";
        Add(probe.Request, ":authority", input.Authority);
        Add(probe.Request, ":path", input.Path);
        Add(probe.Request, ":method", input.Method);
        Add(probe.Request, "x-forwarded-proto", scheme);
        Add(probe.Request, ":scheme", scheme);
        if (input.Internal)
        {
            Add(probe.Request, "x-envoy-internal", "true");
        }

        foreach (var header in input.AdditionalRequestHeaders)
        {
            Add(probe.Request, header.Key, header.Value);
        }

        foreach (var header in input.AdditionalResponseHeaders)
        {
            Add(probe.Response, header.Key, header.Value);
        }

        foreach (var metadata in input.DynamicMetadata)
        {
            Note(metadata);
        }
    }

    /// <summary>As the set_metadata filter does: what is there already stays, unless it may be overwritten. Typed metadata is not what routes look at.</summary>
    private void Note(ValidationInput.Types.DynamicMetadata metadata)
    {
        if (metadata.Value is null)
        {
            return;
        }

        var noted = probe.Metadata.Get(metadata.MetadataNamespace);
        if (noted is null)
        {
            probe.Metadata.Set(metadata.MetadataNamespace, MetadataBuilder.Value(metadata.Value));
        }
        else if (metadata.AllowOverwrite)
        {
            probe.Metadata.Set(metadata.MetadataNamespace, StructUpdate.Of(noted, MetadataBuilder.Value(metadata.Value)));
        }
    }

    /// <summary>Only routes whose runtime_key is the test's may act, by their default share; all other runtime values are the configured ones.</summary>
    private RuntimeSnapshot Runtime() =>
        new(
            table
                .RuntimeKeys.Where(key => key != item.Input.Runtime)
                .Select(static key => System.Collections.Generic.KeyValuePair.Create(key, new RuntimeValue("0", Percent: FractionalPercent.Never)))
        );

    /// <summary>Envoy's tool keeps the number in 32 bits with a sign.</summary>
    private ulong Random() => unchecked((ulong)(int)item.Input.RandomValue);

    // Expectations.

    private void CompareRoute()
    {
        var expected = item.Expected;
        if (Compare(expected.ClusterName, Action is null ? "" : probe.Cluster, "cluster_name", SetCluster))
        {
            coverage.Mark(probe, RouteCoverage.Field.Cluster);
        }

        if (Compare(expected.VirtualClusterName, Action is null ? "" : probe.VirtualCluster, "virtual_cluster_name", SetVirtualCluster))
        {
            coverage.Mark(probe, RouteCoverage.Field.VirtualCluster);
        }

        if (Compare(expected.VirtualHostName, Action is null ? "" : probe.VirtualHost!.Name, "virtual_host_name", SetVirtualHost))
        {
            coverage.Mark(probe, RouteCoverage.Field.VirtualHost);
        }

        if (Compare(expected.PathRewrite, Action is null ? "" : First(probe.Request, ":path") ?? "", "path_rewrite", SetPathRewrite))
        {
            coverage.Mark(probe, RouteCoverage.Field.PathRewrite);
        }

        if (Compare(expected.HostRewrite, Action is null ? "" : First(probe.Request, ":authority") ?? "", "host_rewrite", SetHostRewrite))
        {
            coverage.Mark(probe, RouteCoverage.Field.HostRewrite);
        }
    }

    private void CompareAnswer()
    {
        if (Compare(item.Expected.PathRedirect, probe.Location(), "path_redirect", SetPathRedirect))
        {
            coverage.Mark(probe, RouteCoverage.Field.PathRedirect);
        }

        if (item.Expected.CodeRedirect is not { } expected)
        {
            return;
        }

        var actual = probe.Route?.Action switch
        {
            RedirectAction redirect => (uint)redirect.Status,
            DirectResponseAction direct => (uint)direct.Status,
            _ => 0u,
        };
        if (Equal(expected, actual, "code_redirect"))
        {
            coverage.Mark(probe, RouteCoverage.Field.CodeRedirect);
        }
        else
        {
            (failure.ExpectedCodeRedirect, failure.ActualCodeRedirect) = (expected, actual);
        }
    }

    /// <summary>In whole milliseconds; 0 where the route does not forward.</summary>
    private void CompareTimeout()
    {
        if (item.Expected.Timeout is not { } expected)
        {
            return;
        }

        var expectedMs = BuildContext.Nanoseconds(expected, 0) / MonotonicTime.NanosecondsPerMillisecond;
        var actualMs = (Action?.TimeoutNs ?? 0) / MonotonicTime.NanosecondsPerMillisecond;
        if (!Equal(expectedMs, actualMs, "timeout"))
        {
            failure.ExpectedTimeout = expected;
            failure.ActualTimeout = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(Math.Min(actualMs, DurationText.MaxSeconds * 1000)));
        }
    }

    private void CompareHeader(HeaderMap headers, ExpectedHeader expected, string type, Action<HeaderMatchFailure> add)
    {
        if (expected.Matcher.Matches(headers))
        {
            return;
        }

        var value = First(headers, expected.Message.Name);
        add(new HeaderMatchFailure { HeaderMatcher = expected.Message, ActualHeaderValue = value ?? "" });
        failures.Add(HeaderFailureText.Of(expected.Message, value, type));
    }

    /// <summary>True if a forwarding or answering route met the expectation: that covers it.</summary>
    private bool Compare(string? expected, string actual, string type, Action<string, string> set)
    {
        if (expected is null)
        {
            return false;
        }

        if (Equal(expected, actual, type))
        {
            return true;
        }

        set(expected, actual);
        return false;
    }

    private bool Equal<T>(T expected, T actual, string type)
    {
        if (EqualityComparer<T>.Default.Equals(expected, actual))
        {
            return true;
        }

        failures.Add(FormattableString.Invariant($"expected: [{expected}], actual: [{actual}], test type: {type}"));
        return false;
    }

    private void SetCluster(string expected, string actual) => (failure.ExpectedClusterName, failure.ActualClusterName) = (expected, actual);

    private void SetVirtualCluster(string expected, string actual) =>
        (failure.ExpectedVirtualClusterName, failure.ActualVirtualClusterName) = (expected, actual);

    private void SetVirtualHost(string expected, string actual) => (failure.ExpectedVirtualHostName, failure.ActualVirtualHostName) = (expected, actual);

    private void SetPathRewrite(string expected, string actual) => (failure.ExpectedPathRewrite, failure.ActualPathRewrite) = (expected, actual);

    private void SetHostRewrite(string expected, string actual) => (failure.ExpectedHostRewrite, failure.ActualHostRewrite) = (expected, actual);

    private void SetPathRedirect(string expected, string actual) => (failure.ExpectedPathRedirect, failure.ActualPathRedirect) = (expected, actual);

    private static void Add(HeaderMap headers, string name, string value) =>
        headers.Add(Encoding.UTF8.GetBytes(name.ToLowerInvariant()), Encoding.UTF8.GetBytes(value));

    private static string? First(HeaderMap headers, string name) => headers.TryGet(HeaderName.Of(name), out var value) ? Encoding.UTF8.GetString(value) : null;
}
