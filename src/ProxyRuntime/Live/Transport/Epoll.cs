using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>The few calls of Linux that .NET has no surface for: readiness of many sockets in one thread.</summary>
public static partial class Epoll
{
    public const uint In = 0x001;
    public const uint Out = 0x004;
    public const uint Error = 0x008;
    public const uint HangUp = 0x010;
    public const uint ReadHangUp = 0x2000;

    internal const int Add = 1;
    internal const int Delete = 2;
    internal const int Modify = 3;

    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;

    /// <summary>Where the descriptor is in a struct epoll_event, which is packed on x86-64 and nowhere else.</summary>
    private static readonly int DescriptorAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DescriptorAt + 8;

    internal static SafeFileHandle Create() => new(Check(EpollCreate1(CloseOnExec), "epoll_create1"), ownsHandle: true);

    internal static SafeFileHandle CreateEventFd() => new(Check(EventFd(0, CloseOnExec | NonBlocking), "eventfd"), ownsHandle: true);

    internal static unsafe void Control(SafeFileHandle epoll, int operation, int fd, uint events)
    {
        var e = stackalloc byte[EventSize];
        *(uint*)e = events;
        *(int*)(e + DescriptorAt) = fd;
        _ = Check(EpollCtl(epoll, operation, fd, e), "epoll_ctl");
    }

    /// <summary>Room for so many events.</summary>
    internal static byte[] Room(int events) => new byte[events * EventSize];

    /// <summary>One of the events that came: which descriptor, and what it is ready for.</summary>
    internal static (int Descriptor, uint Events) EventAt(ReadOnlySpan<byte> room, int index)
    {
        var e = room.Slice(index * EventSize, EventSize);
        return (MemoryMarshal.Read<int>(e[DescriptorAt..]), MemoryMarshal.Read<uint>(e));
    }

    /// <summary>Waits for readiness. A negative timeout waits for ever. Returns how many events came.</summary>
    internal static int Wait(SafeFileHandle epoll, Span<byte> room, long timeoutNs)
    {
        var time = new TimeSpec { Seconds = timeoutNs / 1_000_000_000, Nanoseconds = timeoutNs % 1_000_000_000 };
        int count;
        unsafe
        {
            fixed (byte* first = room)
            {
                count = EpollPwait2(epoll, first, room.Length / EventSize, timeoutNs < 0 ? null : &time, 0);
            }
        }

        const int interrupted = 4;
        return count < 0 && Marshal.GetLastPInvokeError() == interrupted ? 0 : Check(count, "epoll_pwait2");
    }

    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    internal static void Signal(SafeFileHandle eventFd)
    {
        ulong one = 1;
        _ = Write(eventFd, ref one, 8);
    }

    internal static void Drain(SafeFileHandle eventFd)
    {
        ulong value = 0;
        _ = Read(eventFd, ref value, 8);
    }

    private static int Check(int result, string call) =>
        result >= 0 ? result : throw new InvalidOperationException($"{call} failed with error {Marshal.GetLastPInvokeError()}");

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate1(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static unsafe partial int EpollCtl(SafeFileHandle epoll, int operation, int fd, byte* e);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    private static unsafe partial int EpollPwait2(SafeFileHandle epoll, byte* events, int maxEvents, TimeSpec* timeout, nint signalMask);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle fd, ref ulong value, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle fd, ref ulong value, nint count);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
