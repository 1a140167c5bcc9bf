namespace MeshSim.Scenarios.Engine;

/// <summary>Who asked a service, and for what kind of answer, in one number of an event: worker, connection and <see cref="ServiceAnswer"/>'s bits.</summary>
/// <param name="Worker">The worker of the proxy that asks.</param>
/// <param name="Connection">That worker's number for the connection the request came on.</param>
/// <param name="Kind"><see cref="ServiceAnswer.Grpc"/>, <see cref="ServiceAnswer.WithContent"/>.</param>
internal readonly record struct ServiceCall(int Worker, long Connection, int Kind)
{
    private const int WorkerBits = 16;
    private const int KindBits = 8;

    public long Code => (Connection << (WorkerBits + KindBits)) | ((long)Kind << WorkerBits) | (uint)Worker;

    public static ServiceCall Of(long code) =>
        new((int)(code & ((1 << WorkerBits) - 1)), code >> (WorkerBits + KindBits), (int)(code >> WorkerBits) & ((1 << KindBits) - 1));
}
