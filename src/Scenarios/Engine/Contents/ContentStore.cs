namespace MeshSim.Scenarios.Engine;

/// <summary>
/// Bytes on their way between entities: events carry numbers only, and with them the number of what is stored here. Each is put once and
/// taken once. To another partition the bytes go along with the event, and are stored anew there.
/// </summary>
internal sealed class ContentStore
{
    private readonly List<byte[]> contents = [];
    private readonly Stack<int> free = new();

    public long Put(ReadOnlySpan<byte> bytes)
    {
        if (!free.TryPop(out var number))
        {
            number = contents.Count;
            contents.Add([]);
        }

        contents[number] = bytes.ToArray();
        return number;
    }

    public int Length(long number) => contents[(int)number].Length;

    public byte[] Take(long number)
    {
        var taken = contents[(int)number];
        contents[(int)number] = [];
        free.Push((int)number);
        return taken;
    }
}
