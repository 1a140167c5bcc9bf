namespace MeshSim.Grains.Contracts;

/// <summary>
/// One simulated endpoint, keyed <c>run/service-replica</c>: how it is doing while the run is going on, and what is to happen to it. What
/// is asked takes effect at the time in the reply.
/// </summary>
public interface IEndpointGrain : IGrainWithStringKey
{
    /// <summary>Its counts so far; null if there is none of that name.</summary>
    Task<EndpointStatus?> Status();

    /// <summary>A share of its answers is an error.</summary>
    /// <param name="rate">0 to 1.</param>
    /// <param name="status">400 to 599.</param>
    Task<CommandReply> Fail(double rate = 1, int status = 503);

    /// <summary>Its service takes longer.</summary>
    /// <param name="factor">Above 0.</param>
    Task<CommandReply> Slow(double factor);

    /// <summary>Any fault of scenario files, one JSON object such as <c>{"crash": {"for": "10s"}}</c>.</summary>
    Task<CommandReply> Fault(string json);

    /// <summary>It refuses new connections.</summary>
    Task<CommandReply> Drain();

    /// <summary>Ends what was asked of it here; faults of the scenario go on.</summary>
    Task<CommandReply> Recover();
}

/// <summary>Counts of one endpoint.</summary>
/// <param name="Waiting">Requests that wait for a worker now.</param>
[GenerateSerializer, Immutable, Alias("meshsim.EndpointStatus")]
public sealed record EndpointStatus(
    [property: Id(0)] string Address,
    [property: Id(1)] long Arrivals,
    [property: Id(2)] long Answered,
    [property: Id(3)] long Errors,
    [property: Id(4)] int Waiting
);
