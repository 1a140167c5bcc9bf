namespace MeshSim.Scenarios.Model;

/// <summary>Is told of single requests as a run goes on; what it sees is not part of the result. Times are virtual nanoseconds.</summary>
public interface IRunObserver
{
    /// <summary>A client's request is over.</summary>
    /// <param name="status">0 for no answer.</param>
    void Answered(long sentNs, long nowNs, int status);

    /// <summary>A request reached an endpoint, retries included.</summary>
    /// <param name="endpoint">Service and replica number, <c>httpbin-0</c>.</param>
    void Arrived(string endpoint, long nowNs);
}
