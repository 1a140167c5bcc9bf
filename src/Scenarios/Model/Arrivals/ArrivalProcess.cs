using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>The moments at which the requests of a load are sent: open loop, whether answers come or not.</summary>
public abstract class ArrivalProcess
{
    /// <summary>The next moment, nanoseconds since the run began; null when there are no more.</summary>
    public abstract long? NextNs();

    /// <summary>Which of <see cref="LoadModel.AllRequests"/> came at the moment told last; null where that is drawn.</summary>
    public virtual int? Kind => null;

    /// <summary>The process of a load that is no closed loop.</summary>
    /// <param name="random">The client's own randomness.</param>
    public static ArrivalProcess Of(LoadModel load, RandomSource random) =>
        load.Trace is { } trace ? new TraceArrivals(load, trace, random.Derive("arrivals"))
        : load.Profile is null && !load.IsRegular ? new PoissonArrivals(load, random.Derive("arrivals"))
        : new ShapedArrivals(load, random.Derive("arrivals"));
}
