using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// The verified tokens of one provider on one worker (jwt_cache_config), the least recently used forgotten first. What is found here has a good signature;
/// issuer, times, audiences and subject are to be checked again.
/// </summary>
/// <remarks>Like Envoy's, it does not care about later changes of the key set: a token stays good until it expires or is displaced.</remarks>
internal sealed class JwtCache
{
    private readonly int size;
    private readonly int tokenBytesMax;
    private readonly LinkedList<Entry> recent = new();
    private readonly Dictionary<byte[], LinkedListNode<Entry>> entries = new(TokenComparer.Instance);

    /// <param name="size">Tokens kept at most, 1 or more.</param>
    /// <param name="tokenBytesMax">Longer tokens are not kept.</param>
    public JwtCache(int size, int tokenBytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        this.size = size;
        this.tokenBytesMax = tokenBytesMax;
    }

    public int Count => entries.Count;

    /// <summary>Finds a token. One that has expired by more than the default clock skew is dropped, whatever the provider's skew.</summary>
    public Jwt? TryGet(ReadOnlySpan<byte> token, long nowUnixSeconds)
    {
        if (!entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(token, out var node))
        {
            return null;
        }

        recent.Remove(node);
        if (JwtVerifier.VerifyTimes(node.Value.Jwt, nowUnixSeconds, JwtVerifier.ClockSkewSecondsDefault) == JwtStatus.JwtExpired)
        {
            _ = entries.Remove(node.Value.Token);
            return null;
        }

        recent.AddFirst(node);
        return node.Value.Jwt;
    }

    /// <summary>Keeps a token whose signature has been verified.</summary>
    public void Add(ReadOnlySpan<byte> token, Jwt jwt)
    {
        if (token.Length > tokenBytesMax)
        {
            return;
        }

        if (entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(token, out var known))
        {
            recent.Remove(known);
            _ = entries.Remove(known.Value.Token);
        }
        else if (entries.Count == size)
        {
            _ = entries.Remove(recent.Last!.Value.Token);
            recent.RemoveLast();
        }

        var entry = new Entry(token.ToArray(), jwt);
        entries.Add(entry.Token, recent.AddFirst(entry));
    }

    private sealed record Entry(byte[] Token, Jwt Jwt);

    /// <summary>Hashes the end of a token, which belongs to its signature. Nobody without the key can choose it for a token that gets in here.</summary>
    private sealed class TokenComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly TokenComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            Span<byte> end = stackalloc byte[sizeof(ulong)];
            alternate[^int.Min(alternate.Length, end.Length)..].CopyTo(end);
            return (int)StableHash.Mix(BinaryPrimitives.ReadUInt64LittleEndian(end));
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
