namespace MeshSim.Grains.Contracts;

/// <summary>One simulated endpoint, keyed <c>run/service-replica</c>: how it is doing while the run is going on.</summary>
public interface IEndpointGrain : IGrainWithStringKey
{
    /// <summary>Its counts so far; null if there is none of that name.</summary>
    Task<EndpointStatus?> Status();
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
