using System.Buffers.Binary;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// What an event says of a request beyond its connection: a number, and x-request-id where an application passes it on. A number from 0 up
/// is that number alone; below 0 it is the complement of where both stand in a <see cref="ContentStore"/>.
/// </summary>
internal static class RequestFacts
{
    /// <summary>Longer ids are not passed on.</summary>
    public const int MaxIdLength = 64;

    public static int Put(ContentStore contents, int number, ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty || id.Length > MaxIdLength)
        {
            return number;
        }

        Span<byte> facts = stackalloc byte[sizeof(int) + id.Length];
        BinaryPrimitives.WriteInt32LittleEndian(facts, number);
        id.CopyTo(facts[sizeof(int)..]);
        return ~(int)contents.Put(facts);
    }

    /// <summary>The number, without taking anything out of the store.</summary>
    public static int Number(ContentStore contents, int facts) => facts >= 0 ? facts : BinaryPrimitives.ReadInt32LittleEndian(contents.Span(~facts));

    /// <summary>For the event under way.</summary>
    public static int Take(ContentStore contents, int facts, out ReadOnlySpan<byte> id)
    {
        if (facts >= 0)
        {
            id = default;
            return facts;
        }

        var content = contents.Take(~facts);
        id = content[sizeof(int)..];
        return BinaryPrimitives.ReadInt32LittleEndian(content);
    }
}
