using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>A request at a simulated endpoint: who asked, and how to answer. Used again and again; <see cref="Number"/> stays.</summary>
internal sealed class EndpointJob(int number) : ServiceJob
{
    /// <summary>Its place among the endpoint's jobs, which events carry.</summary>
    public int Number => number;

    /// <summary>Counts its uses, so that an event for an earlier one is known as such.</summary>
    public long Use { get; set; }

    public int Caller { get; set; }

    public ServiceCall Call { get; set; }

    public long Attempt { get; set; }
}
