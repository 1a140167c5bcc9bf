using System.Buffers.Binary;
using MeshSim.Grains.Contracts;

namespace MeshSim.Grains.Simulation;

/// <summary>
/// What a partition told one of its peers, window by window from 0, in a file that nobody else can open and that is gone with the process:
/// from it the peer can be executed again.
/// </summary>
internal sealed class KeptMessages : IDisposable
{
    private const int HeaderSize = sizeof(long) + sizeof(int);
    private const int IndexEvery = 256;
    private readonly FileStream file;
    private readonly List<long> index = [];
    private long count;

    public KeptMessages()
    {
        var path = Path.Combine(Path.GetTempPath(), $"meshsim-{Guid.NewGuid():N}.batches");
        file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, bufferSize: 1 << 16, FileOptions.DeleteOnClose);
        File.Delete(path);
    }

    /// <summary>Keeps the message of the next window.</summary>
    public void Add(WindowBytes message)
    {
        if (count % IndexEvery == 0)
        {
            index.Add(file.Position);
        }

        Span<byte> header = stackalloc byte[HeaderSize];
        BinaryPrimitives.WriteInt64LittleEndian(header, message.NextTimeNs);
        BinaryPrimitives.WriteInt32LittleEndian(header[sizeof(long)..], message.Events.Length);
        file.Write(header);
        file.Write(message.Events);
        count++;
    }

    /// <summary>Messages from that window on: so many bytes at most, but one at least if there is one.</summary>
    public WindowBytes[] Read(long fromWindow, int maxBytes)
    {
        if (fromWindow >= count)
        {
            return [];
        }

        var window = fromWindow / IndexEvery * IndexEvery;
        file.Position = index[(int)(fromWindow / IndexEvery)];
        var found = new List<WindowBytes>();
        for (var size = 0; window < count && (size < maxBytes || found.Count == 0); window++)
        {
            var message = ReadOne(window);
            if (window >= fromWindow)
            {
                found.Add(message);
                size += HeaderSize + message.Events.Length;
            }
        }

        _ = file.Seek(0, SeekOrigin.End);
        return [.. found];
    }

    public void Dispose() => file.Dispose();

    private WindowBytes ReadOne(long window)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        file.ReadExactly(header);
        var events = new byte[BinaryPrimitives.ReadInt32LittleEndian(header[sizeof(long)..])];
        file.ReadExactly(events);
        return new WindowBytes(window, BinaryPrimitives.ReadInt64LittleEndian(header), events);
    }
}
