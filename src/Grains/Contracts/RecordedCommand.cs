namespace MeshSim.Grains.Contracts;

/// <summary>Something that was asked of a run from outside, with the virtual time at which it takes effect.</summary>
/// <param name="Number">Its place among all commands of the run, from 0.</param>
/// <param name="TimeNs">Virtual time, nanoseconds.</param>
/// <param name="Target">The entity it is about: an endpoint or a proxy.</param>
/// <param name="Json">What is asked, one JSON object.</param>
[GenerateSerializer, Immutable, Alias("meshsim.RecordedCommand")]
public sealed record RecordedCommand(
    [property: Id(0)] int Number,
    [property: Id(1)] long TimeNs,
    [property: Id(2)] string Target,
    [property: Id(3)] string Json
)
{
    /// <summary>How many windows the partitions had finished when it was given: where a partition that is executed again hears of it. 0: before the first.</summary>
    [Id(4)]
    public long Window { get; init; }
}
