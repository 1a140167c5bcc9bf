namespace MeshSim.Scenarios.Engine;

/// <summary>
/// Bytes on their way between entities: events carry numbers only, and with them the number of what is stored here. Each is put once and
/// taken once. To another partition the bytes go along with the event, and are stored anew there. Memory is used again: nothing is allocated
/// in steady state.
/// </summary>
internal sealed class ContentStore
{
    private readonly List<(byte[] Bytes, int Length)> contents = [];
    private readonly Stack<int> free = new();
    private int read = -1;

    public long Put(ReadOnlySpan<byte> bytes)
    {
        if (!free.TryPop(out var number))
        {
            number = contents.Count;
            contents.Add(([], 0));
        }

        var kept = contents[number].Bytes;
        if (kept.Length < bytes.Length)
        {
            kept = new byte[Math.Max(bytes.Length, 2 * kept.Length)];
        }

        bytes.CopyTo(kept);
        contents[number] = (kept, bytes.Length);
        return number;
    }

    public int Length(long number) => contents[(int)number].Length;

    /// <summary>For the event under way: the bytes stay as they are until this is called again.</summary>
    public ReadOnlySpan<byte> Take(long number)
    {
        if (read >= 0)
        {
            free.Push(read);
        }

        read = (int)number;
        return Span(number);
    }

    /// <summary>What is stored, to be copied before it is given back.</summary>
    public ReadOnlySpan<byte> Span(long number) => contents[(int)number].Bytes.AsSpan(0, contents[(int)number].Length);

    /// <summary>Gives back what nobody takes.</summary>
    public void Release(long number) => free.Push((int)number);
}
