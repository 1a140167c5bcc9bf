using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>How a live proxy runs; the names are those of Envoy's command line.</summary>
public sealed record LiveProxyOptions
{
    /// <summary>--concurrency: worker threads, at least 1. Default: one per processor.</summary>
    public int Concurrency { get; init; } = Environment.ProcessorCount;

    /// <summary>--drain-time-s: how long requests under way may take after SIGTERM, and connections of listeners that are gone. Default 600 s as Envoy's.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>--drain-strategy immediate: every response of a listener that is gone closes its connection. Default false: ever more of them do.</summary>
    public bool DrainsAtOnce { get; init; }

    /// <summary>Reads the listeners that discovery brings; needed where the configuration has <see cref="ProxySnapshot.Lds"/>.</summary>
    public ListenersFile? Listeners { get; init; }

    /// <summary>--file-flush-interval-msec: how long an access log line may wait in memory. Default 100 ms (Envoy: 10 s), so that a reader sees it soon.</summary>
    public TimeSpan FileFlushInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>--resolve NAME:ADDRESS: answers that stand in for DNS.</summary>
    public ImmutableSortedDictionary<string, string> Resolve { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Answers in place of DNS, for every name; null: <see cref="Resolve"/>, then the machine's resolver.</summary>
    public Func<string, DnsAnswer>? Resolver { get; init; }

    /// <summary>Told of each request that is over, with the number of the worker, in that worker's thread; what it is given is valid during the call. Null for nobody.</summary>
    public Action<int, StreamInfo>? RequestEnded { get; init; }

    /// <summary>What <see cref="RequestEnded"/> is given also tells what became of each attempt. Default: no.</summary>
    public bool KeepAttempts { get; init; }

    /// <summary>Seed of the proxy's randomness: balancing, jitter, request ids. Default: drawn at start.</summary>
    public ulong Seed { get; init; } = BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));

    /// <summary>Takes what is to be said of files that are read while the proxy runs: what is refused, and what has no effect. Default: nobody.</summary>
    public Action<ReadResult> Report { get; init; } = static _ => { };

    /// <summary>--record: file that takes every input and effect of every machine, for replay; null for none.</summary>
    public string? RecordPath { get; init; }
}

/// <summary>A live proxy could not start, for a reason its user can mend.</summary>
public sealed class LiveProxyStartException(string message, Exception? inner = null) : Exception(message, inner);
