namespace MeshSim.Scenarios.Model;

/// <summary>What endpoints counted.</summary>
internal static class EndpointMeasures
{
    public static Measurement Of(Expectation expectation, RunResult result)
    {
        var meant = result.Endpoints.Where(endpoint => ProxyMeasures.Is(endpoint.Name, expectation.Subject)).ToArray();
        return expectation.Metric switch
        {
            Metric.Errors => new Measurement(meant.Sum(static endpoint => endpoint.Errors)),
            Metric.MaxQueue => new Measurement(meant.Select(static endpoint => endpoint.MaxQueue).DefaultIfEmpty().Max()),
            Metric.Share => Measurement.Share(
                Arrivals(expectation, meant),
                Arrivals(expectation, [.. result.Endpoints.Where(endpoint => IsBeside(endpoint.Name, expectation.Subject))])
            ),
            Metric.MaxShare => Measurement.Share(
                meant.Select(endpoint => Arrivals(expectation, [endpoint])).DefaultIfEmpty().Max(),
                Arrivals(expectation, meant)
            ),
            _ => new Measurement(Arrivals(expectation, meant)),
        };
    }

    /// <summary>An endpoint is compared with all of its service; a service with all services.</summary>
    private static bool IsBeside(string endpoint, string subject) =>
        subject.LastIndexOf('-') is var dash
        && dash > 0
        && subject.AsSpan(dash + 1) is { IsEmpty: false } number
        && number.IndexOfAnyExceptInRange('0', '9') < 0
            ? endpoint[..endpoint.LastIndexOf('-')] == subject[..dash]
            : true;

    private static long Arrivals(Expectation expectation, EndpointRecord[] endpoints) =>
        expectation.Window is not { } window
            ? endpoints.Sum(static endpoint => endpoint.Arrivals)
            : endpoints.Sum(endpoint => endpoint.ArrivalsBySecond.Where((_, second) => second >= window.From && second < window.Until).Sum());
}
