using System.Runtime.InteropServices;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>
/// The two calls that each request makes on each side, without what <see cref="System.Net.Sockets.Socket"/> does around them, and without what the
/// C library's <c>send</c> and <c>recv</c> do so that threads can be cancelled in them. Why a call failed is asked for only when one has.
/// </summary>
internal static partial class NativeSocket
{
    /// <summary>Nothing to read, or no room to write, just now.</summary>
    public const int WouldBlock = -1;

    private const int Broken = -2;
    private const nint NoSignal = 0x4000;
    private const int Interrupted = 4;
    private const int Again = 11;

    private static readonly bool IsX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly nint SendTo = IsX64 ? 44 : 206;
    private static readonly nint ReceiveFrom = IsX64 ? 45 : 207;

    /// <summary>Sends what the socket takes. Returns how many bytes, or a negative number.</summary>
    public static int Send(int descriptor, ReadOnlySpan<byte> bytes) =>
        Transfer(SendTo, descriptor, ref MemoryMarshal.GetReference(bytes), bytes.Length, NoSignal);

    /// <summary>Takes what has come. Returns how many bytes, 0 when the peer has closed its side, or a negative number.</summary>
    public static int Receive(int descriptor, Span<byte> buffer) => Transfer(ReceiveFrom, descriptor, ref MemoryMarshal.GetReference(buffer), buffer.Length, 0);

    private static int Transfer(nint number, int descriptor, ref byte bytes, nint count, nint flags)
    {
        while (true)
        {
            var result = Call(number, descriptor, ref bytes, count, flags, 0, 0);
            if (result >= 0)
            {
                return (int)result;
            }

            var error = Marshal.GetLastSystemError();
            if (error != Interrupted)
            {
                return error == Again ? WouldBlock : Broken;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Call(nint number, nint descriptor, ref byte bytes, nint count, nint flags, nint address, nint addressLength);
}
