using System.Collections.Concurrent;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>The logs of a proxy, of requests and of events: lines are made in the machines' threads, written in a thread of their own.</summary>
internal sealed class AccessLogs : ILogLineSink, IDisposable
{
    /// <summary>Lines beyond this many wait for nobody: they are dropped rather than held in memory without bound.</summary>
    private const int MaxWaiting = 100_000;

    private readonly ConcurrentDictionary<AccessLogSnapshot, Stream> sinks = new();
    private readonly Dictionary<string, Stream> files = new(StringComparer.Ordinal);
    private readonly BlockingCollection<(Stream Sink, byte[] Line)> waiting = new(MaxWaiting);
    private readonly TimeSpan flushInterval;
    private readonly Thread thread;

    public AccessLogs(ProxySnapshot snapshot, TimeSpan flushInterval)
    {
        this.flushInterval = flushInterval;
        foreach (var log in snapshot.Listeners.SelectMany(static listener => listener.AllFilterChains).SelectMany(static chain => chain.ConnectionManager?.AccessLogs ?? []))
        {
            sinks[log] = log.Sink switch
            {
                AccessLogSink.Stdout => Console.OpenStandardOutput(),
                AccessLogSink.Stderr => Console.OpenStandardError(),
                _ => Open(log.Path),
            };
        }

        foreach (var path in snapshot.EventLogPaths)
        {
            _ = Open(path);
        }

        thread = new Thread(Run) { Name = "access-log", IsBackground = true };
        thread.Start();
    }

    public void Write(AccessLogSnapshot log, ReadOnlySpan<byte> line) => _ = waiting.TryAdd((sinks[log], line.ToArray()));

    /// <summary>Appends a line to one of the snapshot's <see cref="ProxySnapshot.EventLogPaths"/>.</summary>
    public void Append(string path, ReadOnlySpan<byte> line) => _ = waiting.TryAdd((files[path], line.ToArray()));

    public void Dispose()
    {
        waiting.CompleteAdding();
        thread.Join();
        foreach (var sink in sinks.Values.Union(files.Values))
        {
            sink.Dispose();
        }

        waiting.Dispose();
    }

    private Stream Open(string path) => files.TryGetValue(path, out var open) ? open : files[path] = OpenFile(path);

    private static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LiveProxyStartException($"unable to open log '{path}': {e.Message}", e);
        }
    }

    private void Run()
    {
        while (!waiting.IsCompleted)
        {
            if (waiting.TryTake(out var item, flushInterval))
            {
                item.Sink.Write(item.Line);
            }

            if (waiting.Count == 0)
            {
                foreach (var sink in sinks.Values.Union(files.Values))
                {
                    sink.Flush();
                }
            }
        }
    }
}
