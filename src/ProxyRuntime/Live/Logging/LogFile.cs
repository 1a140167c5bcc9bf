using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>
/// One log: lines are gathered in memory by the machines' threads and written by the thread of <see cref="AccessLogs"/>. Two buffers
/// change places, so that a line costs a copy and no allocation.
/// </summary>
internal sealed class LogFile : IDisposable
{
    /// <summary>With so many bytes it is written at once, in whatever time: as Envoy's 64 KiB.</summary>
    private const int WriteAt = 64 * 1024;

    /// <summary>Lines beyond this many bytes wait for nobody: they are dropped rather than held in memory without bound.</summary>
    private const int MaxWaiting = 16 * 1024 * 1024;

    private readonly string? path;
    private readonly Lock gate = new();
    private ByteQueue gathering = new();
    private ByteQueue writing = new();
    private Stream stream;
    private bool reopens;

    /// <exception cref="LiveProxyStartException">The file cannot be opened.</exception>
    public LogFile(string path)
    {
        this.path = path;
        try
        {
            stream = Open(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LiveProxyStartException($"unable to open log '{path}': {e.Message}", e);
        }
    }

    /// <summary>A log to a stream that is open and stays so.</summary>
    public LogFile(Stream stream) => this.stream = stream;

    /// <summary>Takes a line. Returns whether it is time to write.</summary>
    public LogNeed Append(ReadOnlySpan<byte> line)
    {
        lock (gate)
        {
            var before = gathering.Length;
            if (before + line.Length > MaxWaiting)
            {
                return LogNeed.None;
            }

            gathering.Append(line);
            return gathering.Length >= WriteAt && before < WriteAt ? LogNeed.WriteNow
                : before == 0 ? LogNeed.WriteSoon
                : LogNeed.None;
        }
    }

    /// <summary>The file may have been moved away: what comes from now on goes to a new one of the same name.</summary>
    public void Reopen()
    {
        lock (gate)
        {
            reopens = path is not null;
        }
    }

    /// <summary>Writes what has been gathered; for one thread. A file that cannot be written loses lines, not the proxy.</summary>
    public void Write()
    {
        bool newFile;
        lock (gate)
        {
            (gathering, writing) = (writing, gathering);
            (newFile, reopens) = (reopens, false);
        }

        try
        {
            stream.Write(writing.Span);
            stream.Flush();
            if (newFile)
            {
                var old = stream;
                stream = Open(path!);
                old.Dispose();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk, a reader that is gone, a folder that is no more: the next lines may fare better.
        }

        writing.Clear();
    }

    public void Dispose()
    {
        Write();
        stream.Dispose();
    }

    /// <summary>Unbuffered: the buffer is here.</summary>
    private static FileStream Open(string path) => new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}

/// <summary>What a line that was appended asks for.</summary>
internal enum LogNeed
{
    None,

    /// <summary>Within the flush interval.</summary>
    WriteSoon,

    WriteNow,
}
