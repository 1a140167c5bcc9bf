using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>The logs of a proxy, of requests and of events: lines are made in the machines' threads, written in a thread of their own.</summary>
internal sealed class AccessLogs : ILogLineSink, IDisposable
{
    private readonly AutoResetEvent soon = new(false);
    private readonly ManualResetEventSlim now = new();
    private readonly TimeSpan flushInterval;
    private readonly Thread thread;
    private LogFile? stdout;
    private LogFile? stderr;
    private Dictionary<string, LogFile> files = new(StringComparer.Ordinal);
    private LogFile[] all = [];
    private volatile bool ending;

    /// <param name="flushInterval">How long a line may wait in memory.</param>
    /// <exception cref="LiveProxyStartException">A file cannot be opened.</exception>
    public AccessLogs(ProxySnapshot snapshot, TimeSpan flushInterval)
    {
        this.flushInterval = flushInterval;
        foreach (var path in snapshot.EventLogPaths)
        {
            Open(path);
        }

        foreach (var listener in snapshot.Listeners)
        {
            Add(listener);
        }

        thread = new Thread(Run) { Name = "access-log", IsBackground = true };
        thread.Start();
    }

    /// <summary>Opens the logs of a listener; before any of its requests comes, and not in two threads at once. What is open stays so.</summary>
    /// <exception cref="LiveProxyStartException">A file cannot be opened.</exception>
    public void Add(ListenerSnapshot listener)
    {
        foreach (var log in listener.AllFilterChains.SelectMany(static chain => chain.AccessLogs))
        {
            switch (log.Sink)
            {
                case AccessLogSink.Stdout:
                    stdout ??= Keep(new LogFile(Console.OpenStandardOutput()));
                    break;
                case AccessLogSink.Stderr:
                    stderr ??= Keep(new LogFile(Console.OpenStandardError()));
                    break;
                default:
                    Open(log.Path);
                    break;
            }
        }
    }

    public void Write(AccessLogSnapshot log, ReadOnlySpan<byte> line) =>
        Append(
            log.Sink switch
            {
                AccessLogSink.Stdout => stdout!,
                AccessLogSink.Stderr => stderr!,
                _ => Volatile.Read(ref files)[log.Path],
            },
            line
        );

    /// <summary>Appends a line to one of the snapshot's <see cref="ProxySnapshot.EventLogPaths"/>.</summary>
    public void Append(string path, ReadOnlySpan<byte> line) => Append(Volatile.Read(ref files)[path], line);

    /// <summary>Files are closed and opened again by their names: what moved them away has what was written so far.</summary>
    public void Reopen()
    {
        foreach (var file in Volatile.Read(ref all))
        {
            file.Reopen();
        }

        now.Set();
        _ = soon.Set();
    }

    public void Dispose()
    {
        ending = true;
        now.Set();
        _ = soon.Set();
        thread.Join();
        foreach (var file in Volatile.Read(ref all))
        {
            file.Dispose();
        }

        soon.Dispose();
        now.Dispose();
    }

    private void Append(LogFile file, ReadOnlySpan<byte> line)
    {
        var need = file.Append(line);
        if (need == LogNeed.WriteNow)
        {
            now.Set();
        }

        if (need != LogNeed.None)
        {
            _ = soon.Set();
        }
    }

    /// <summary>Machines write meanwhile: they see the tables as they were, or as they are now.</summary>
    private void Open(string path)
    {
        if (!files.ContainsKey(path))
        {
            var file = Keep(new LogFile(path));
            Volatile.Write(ref files, new(files, StringComparer.Ordinal) { [path] = file });
        }
    }

    private LogFile Keep(LogFile file)
    {
        Volatile.Write(ref all, [.. all, file]);
        return file;
    }

    private void Run()
    {
        while (!ending)
        {
            _ = soon.WaitOne();
            _ = now.Wait(flushInterval);
            now.Reset();
            foreach (var file in Volatile.Read(ref all))
            {
                file.Write();
            }
        }
    }
}
