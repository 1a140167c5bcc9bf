using System.Collections.Concurrent;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>The access logs of a proxy: lines are made in the worker's thread, written in a thread of their own.</summary>
internal sealed class AccessLogs : ILogLineSink, IDisposable
{
    /// <summary>Lines beyond this many wait for nobody: they are dropped rather than held in memory without bound.</summary>
    private const int MaxWaiting = 100_000;

    private readonly ConcurrentDictionary<AccessLogSnapshot, Stream> sinks = new();
    private readonly BlockingCollection<(Stream Sink, byte[] Line)> waiting = new(MaxWaiting);
    private readonly TimeSpan flushInterval;
    private readonly Thread thread;

    public AccessLogs(ProxySnapshot snapshot, TimeSpan flushInterval)
    {
        this.flushInterval = flushInterval;
        var files = new Dictionary<string, Stream>(StringComparer.Ordinal);
        foreach (var log in snapshot.Listeners.SelectMany(static listener => listener.ConnectionManager?.AccessLogs ?? []))
        {
            sinks[log] = log.Sink switch
            {
                AccessLogSink.Stdout => Console.OpenStandardOutput(),
                AccessLogSink.Stderr => Console.OpenStandardError(),
                _ => files.TryGetValue(log.Path, out var open) ? open : files[log.Path] = OpenFile(log.Path),
            };
        }

        thread = new Thread(Run) { Name = "access-log", IsBackground = true };
        thread.Start();
    }

    public void Write(AccessLogSnapshot log, ReadOnlySpan<byte> line) => _ = waiting.TryAdd((sinks[log], line.ToArray()));

    public void Dispose()
    {
        waiting.CompleteAdding();
        thread.Join();
        foreach (var sink in sinks.Values.Distinct())
        {
            sink.Dispose();
        }

        waiting.Dispose();
    }

    private static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LiveProxyStartException($"unable to open access log '{path}': {e.Message}", e);
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
                foreach (var sink in sinks.Values)
                {
                    sink.Flush();
                }
            }
        }
    }
}
