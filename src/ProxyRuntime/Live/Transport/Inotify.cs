using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Tells of files that are moved into folders, and of nothing else: files written in place or created there do not count.</summary>
internal sealed partial class Inotify : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const uint MovedTo = 0x80;

    /// <summary>struct inotify_event without its name: watch, mask, cookie, length of the name, four bytes each.</summary>
    private const int HeadLength = 16;

    private readonly SafeFileHandle handle;
    private readonly Dictionary<int, string> folders = [];

    public Inotify()
    {
        var fd = InotifyInit1(CloseOnExec | NonBlocking);
        handle = fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw new IOException($"inotify_init1 failed with error {Marshal.GetLastPInvokeError()}");
    }

    public int Descriptor => (int)handle.DangerousGetHandle();

    /// <exception cref="IOException">There is no such folder.</exception>
    public void Watch(string folder)
    {
        var watch = InotifyAddWatch(handle, folder, MovedTo);
        if (watch < 0)
        {
            throw new IOException($"unable to add filesystem watch for {folder}: error {Marshal.GetLastPInvokeError()}");
        }

        folders[watch] = folder;
    }

    /// <summary>What was moved since the last time, by folder and name.</summary>
    public IReadOnlyList<(string Folder, string Name)> Take()
    {
        List<(string, string)> moved = [];
        Span<byte> buffer = stackalloc byte[4096];
        while (Read(handle, ref MemoryMarshal.GetReference(buffer), buffer.Length) is > 0 and var length)
        {
            for (var rest = buffer[..(int)length]; rest.Length >= HeadLength; )
            {
                var nameLength = BitConverter.ToInt32(rest[12..]);
                var name = rest.Slice(HeadLength, nameLength);
                var end = name.IndexOf((byte)0);
                if (folders.TryGetValue(BitConverter.ToInt32(rest), out var folder))
                {
                    moved.Add((folder, Encoding.UTF8.GetString(end < 0 ? name : name[..end])));
                }

                rest = rest[(HeadLength + nameLength)..];
            }
        }

        return moved;
    }

    public void Dispose() => handle.Dispose();

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int InotifyInit1(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int InotifyAddWatch(SafeFileHandle fd, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle fd, ref byte buffer, nint count);
}
