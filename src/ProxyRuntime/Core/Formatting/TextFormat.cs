using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A format that makes a text.</summary>
internal sealed class TextFormat(ImmutableArray<FormatSegment> segments, bool omitEmptyValues) : SubstitutionFormat
{
    public override void Write(StreamInfo info, ByteBuffer output)
    {
        foreach (var segment in segments)
        {
            if (!segment.Write(info, output) && !omitEmptyValues)
            {
                output.Append((byte)'-');
            }
        }
    }

    public override void WriteValue(StreamInfo info, ByteBuffer output)
    {
        foreach (var segment in segments)
        {
            _ = segment.Write(info, output);
        }
    }
}
