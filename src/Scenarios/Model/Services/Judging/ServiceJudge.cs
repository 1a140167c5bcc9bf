using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>What makes the answers of a service depend on what it is asked: a rate limit service, an ext_authz service.</summary>
public abstract record ServiceJudge
{
    /// <summary>What one replica needs to judge, with what it counts.</summary>
    /// <param name="random">The replica's own randomness.</param>
    public abstract IJudgement Begin(RandomSource random);
}

/// <summary>One replica at its work.</summary>
public interface IJudgement
{
    /// <summary>The answer to a question, at the moment it goes out; null where the service answers as any other.</summary>
    /// <param name="nowNs">Virtual nanoseconds.</param>
    /// <param name="head">The request's head.</param>
    /// <param name="body">Its body; of gRPC in its frame.</param>
    JudgedAnswer? Judge(long nowNs, HeaderMap head, ReadOnlySpan<byte> body);
}

/// <summary>An answer.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="Headers">Beside the status.</param>
/// <param name="Body">Of gRPC the message, without its frame.</param>
/// <param name="IsGrpc">It is an answer of gRPC, with status OK in its trailers.</param>
public sealed record JudgedAnswer(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body, bool IsGrpc);
