using System.Runtime.InteropServices;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>The two calls that each request makes on each side, without what <see cref="System.Net.Sockets.Socket"/> does around them.</summary>
internal static partial class NativeSocket
{
    /// <summary>Nothing to read, or no room to write, just now.</summary>
    public const int WouldBlock = -1;

    private const int Broken = -2;
    private const int NoSignal = 0x4000;
    private const int Interrupted = 4;
    private const int Again = 11;

    /// <summary>Sends what the socket takes. Returns how many bytes, or a negative number.</summary>
    public static int Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        nint sent;
        do
        {
            sent = SendTo(descriptor, ref MemoryMarshal.GetReference(bytes), bytes.Length, NoSignal);
        } while (sent < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        return sent >= 0 ? (int)sent : Failure();
    }

    /// <summary>Takes what has come. Returns how many bytes, 0 when the peer has closed its side, or a negative number.</summary>
    public static int Receive(int descriptor, Span<byte> buffer)
    {
        nint received;
        do
        {
            received = ReceiveFrom(descriptor, ref MemoryMarshal.GetReference(buffer), buffer.Length, 0);
        } while (received < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        return received >= 0 ? (int)received : Failure();
    }

    private static int Failure() => Marshal.GetLastPInvokeError() == Again ? WouldBlock : Broken;

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint SendTo(int descriptor, ref byte bytes, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint ReceiveFrom(int descriptor, ref byte buffer, nint count, int flags);
}
