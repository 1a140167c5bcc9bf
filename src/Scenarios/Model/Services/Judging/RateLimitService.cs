using System.Collections.Immutable;
using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>
/// A rate limit service: answers ShouldRateLimit by a configuration in the form of envoyproxy/ratelimit. It counts in windows that begin
/// with full seconds, minutes and so on of virtual time, each combination of values by itself.
/// </summary>
/// <param name="Domains">Descriptors by domain.</param>
public sealed record RateLimitService(ImmutableSortedDictionary<string, ImmutableArray<RateLimitNode>> Domains) : ServiceJudge
{
    public override IJudgement Begin(RandomSource random) => new Counting(Domains);

    private sealed class Counting(ImmutableSortedDictionary<string, ImmutableArray<RateLimitNode>> domains) : IJudgement
    {
        private const ulong Ok = 1;
        private const ulong OverLimit = 2;

        private readonly Dictionary<string, (long Window, ulong Hits)> counters = new(StringComparer.Ordinal);
        private readonly ProtoWriter answer = new();

        public JudgedAnswer? Judge(long nowNs, HeaderMap head, ReadOnlySpan<byte> body)
        {
            if (!GrpcMessages.IsGrpc(head) || !GrpcMessages.TryReadFrame(body, out var message))
            {
                return null;
            }

            answer.Clear();
            var (domain, hits) = ("", 0UL);
            var reader = new ProtoReader(message);
            while (reader.Read())
            {
                domain = reader.Is(1, ProtoWireType.Bytes) ? reader.Text() : domain;
                hits = reader.Is(3, ProtoWireType.Varint) ? reader.Number : hits;
            }

            var nodes = domains.TryGetValue(domain, out var known) ? known : [];
            var statuses = new ProtoWriter();
            var isOver = false;
            for (reader = new ProtoReader(message); reader.Read(); )
            {
                if (reader.Is(2, ProtoWireType.Bytes))
                {
                    isOver |= Descriptor(domain, nodes, reader.Bytes, Math.Max(1, hits), nowNs, statuses);
                }
            }

            answer.WriteVarint(1, isOver ? OverLimit : Ok);
            answer.WriteFields(statuses.Span);
            return new JudgedAnswer(200, [], answer.Span.ToArray(), IsGrpc: true);
        }

        /// <summary>Counts one descriptor and writes how it stands. Returns whether it is over its limit.</summary>
        private bool Descriptor(string domain, ImmutableArray<RateLimitNode> nodes, ReadOnlySpan<byte> message, ulong hits, long nowNs, ProtoWriter output)
        {
            var key = new StringBuilder(domain);
            RateLimitNode? node = null;
            RateLimitRule? own = null;
            var reader = new ProtoReader(message);
            while (reader.Read())
            {
                if (reader.Is(1, ProtoWireType.Bytes))
                {
                    var (name, value) = Entry(reader.Bytes);
                    node = RateLimitNode.Find(nodes, name, value);
                    nodes = node?.Below ?? [];
                    _ = key.Append('\n').Append(name).Append('\t').Append(value);
                }
                else if (reader.Is(2, ProtoWireType.Bytes))
                {
                    own = Override(reader.Bytes);
                }
                else if (reader.Is(3, ProtoWireType.Bytes))
                {
                    hits = Number(reader.Bytes, 1);
                }
            }

            var status = output.Begin(2);
            var isOver =
                (own ?? node?.Limit) is { IsUnlimited: false } rule && Count(key.ToString(), rule, hits, nowNs, output) && node is not { IsShadow: true };
            output.WriteVarint(1, isOver ? OverLimit : Ok);
            output.End(status);
            return isOver;
        }

        private bool Count(string key, RateLimitRule rule, ulong hits, long nowNs, ProtoWriter output)
        {
            var seconds = nowNs / MonotonicTime.NanosecondsPerSecond;
            var window = seconds / rule.UnitSeconds;
            var before = counters.TryGetValue(key, out var counter) && counter.Window == window ? counter.Hits : 0;
            var after = before + hits;
            counters[key] = (window, after);
            var limit = output.Begin(2);
            output.WriteVarint(1, rule.Requests);
            output.WriteVarint(2, (ulong)rule.Unit);
            output.WriteText(3, rule.Name);
            output.End(limit);
            output.WriteVarint(3, after < rule.Requests ? rule.Requests - after : 0);
            var reset = output.Begin(4);
            output.WriteVarint(1, (ulong)(rule.UnitSeconds - (seconds % rule.UnitSeconds)));
            output.End(reset);
            return after > rule.Requests;
        }

        private static (string Key, string Value) Entry(ReadOnlySpan<byte> message)
        {
            var (key, value) = ("", "");
            var reader = new ProtoReader(message);
            while (reader.Read())
            {
                key = reader.Is(1, ProtoWireType.Bytes) ? reader.Text() : key;
                value = reader.Is(2, ProtoWireType.Bytes) ? reader.Text() : value;
            }

            return (key, value);
        }

        /// <summary>A limit that the proxy's configuration gives for a descriptor.</summary>
        private static RateLimitRule Override(ReadOnlySpan<byte> message) => new((int)Number(message, 2), (uint)Number(message, 1), "");

        private static ulong Number(ReadOnlySpan<byte> message, int field)
        {
            var number = 0UL;
            var reader = new ProtoReader(message);
            while (reader.Read())
            {
                number = reader.Is(field, ProtoWireType.Varint) ? reader.Number : number;
            }

            return number;
        }
    }
}
