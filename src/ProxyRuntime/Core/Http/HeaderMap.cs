using System.Buffers.Text;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Headers or trailers in order: the same type live and simulated. Values are Latin-1 bytes; nothing here is a string on the hot path.
/// </summary>
/// <remarks>
/// A map is reused: rent it from the worker (<see cref="Worker.RentHeaders"/>), fill it, pass it to one input; from then on it is the worker's.
/// A map can start from an immutable template (<see cref="ResetTo"/>): template lines are shared, only what is added or changed takes room.
/// Spans into a map are valid until the map changes.
/// </remarks>
public sealed class HeaderMap
{
    private const int TagsAtOnce = 16;

    /// <summary>As many as fit a whole number of vectors of tags.</summary>
    private Line[] lines = new Line[TagsAtOnce];

    /// <summary>By line the tag of its name: looking for a name goes through these alone.</summary>
    private ushort[] tags = new ushort[TagsAtOnce];
    private int count;

    /// <summary>A bit for each tag that has been here, modulo 64. Most names that are looked for never were.</summary>
    private ulong present;
    private byte[] bytes = new byte[512];
    private int used;
    private byte[] templateBytes = [];
    private bool frozen;

    public int Count => count;

    /// <summary>Names and values together in bytes, as limits on header blocks count them.</summary>
    public int ByteSize
    {
        get
        {
            var total = 0;
            for (var i = 0; i < count; i++)
            {
                total += lines[i].NameLength + lines[i].ValueLength;
            }

            return total;
        }
    }

    public HeaderField this[int index]
    {
        get
        {
            ref readonly var line = ref lines[index];
            return new HeaderField(line.Id, NameOf(line), ValueOf(line));
        }
    }

    /// <summary>Empties the map, keeping its memory.</summary>
    public void Reset()
    {
        ThrowIfFrozen();
        count = 0;
        present = 0;
        used = 0;
        templateBytes = [];
    }

    /// <summary>Makes this map equal to a frozen template without copying its bytes.</summary>
    public void ResetTo(HeaderMap template)
    {
        ThrowIfFrozen();
        if (!template.frozen)
        {
            throw new InvalidOperationException("A template must be frozen before it is shared.");
        }

        if (lines.Length < template.count)
        {
            lines = new Line[template.lines.Length];
            tags = new ushort[lines.Length];
        }

        template.tags.AsSpan(0, template.count).CopyTo(tags);
        for (var i = 0; i < template.count; i++)
        {
            lines[i] = template.lines[i] with { InTemplate = true };
        }

        count = template.count;
        present = template.present;
        used = 0;
        templateBytes = template.bytes;
    }

    /// <summary>Makes this map a copy of <paramref name="other"/>.</summary>
    public void CopyFrom(HeaderMap other)
    {
        Reset();
        for (var i = 0; i < other.count; i++)
        {
            ref readonly var line = ref other.lines[i];
            Append(line.Id, other.NameOf(line), other.ValueOf(line));
        }
    }

    /// <summary>Makes the map immutable, so that it can be a template.</summary>
    public HeaderMap Freeze()
    {
        if (templateBytes.Length > 0)
        {
            throw new InvalidOperationException("A map that itself shares a template cannot become one; build templates from scratch.");
        }

        frozen = true;
        return this;
    }

    /// <summary>Adds a line at the end; of an inline name that is there already, joins the value to that line with a comma.</summary>
    public void Add(HeaderName name, ReadOnlySpan<byte> value)
    {
        ThrowIfFrozen();
        if (name.IsInline && IndexOf(name) is var first and >= 0)
        {
            Join(first, value, (byte)',');
            return;
        }

        Append(name.Id, name.Bytes, value);
    }

    /// <summary>As <see cref="Add(HeaderName,ReadOnlySpan{byte})"/>, keeping the case of the name.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        ThrowIfFrozen();
        if (HeaderName.Find(name) is not { } known)
        {
            Append(0, name, value);
        }
        else if (known.IsInline && IndexOf(known) is var first and >= 0)
        {
            Join(first, value, (byte)',');
        }
        else
        {
            Append(known.Id, name, value);
        }
    }

    /// <summary>Adds a line from text; for tests, templates and configuration, not for the hot path.</summary>
    public void Add(string name, string value) => Add(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value));

    /// <summary>Replaces the first line of that name and removes the others; adds one if there is none.</summary>
    public void Set(HeaderName name, ReadOnlySpan<byte> value)
    {
        ThrowIfFrozen();
        var first = IndexOf(name);
        if (first < 0)
        {
            Append(name.Id, name.Bytes, value);
            return;
        }

        SetValue(ref lines[first], value);
        _ = RemoveFrom(first + 1, name);
    }

    /// <summary>Joins a value to the first line of that name, behind a separator; adds a line if there is none.</summary>
    public void AppendTo(HeaderName name, ReadOnlySpan<byte> value, byte separator = (byte)',')
    {
        ThrowIfFrozen();
        if (IndexOf(name) is var first and >= 0)
        {
            Join(first, value, separator);
        }
        else
        {
            Append(name.Id, name.Bytes, value);
        }
    }

    /// <summary>As <see cref="Set(HeaderName,ReadOnlySpan{byte})"/>, for a name that need not be listed.</summary>
    public void Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        ThrowIfFrozen();
        var first = IndexOf(name);
        if (first < 0)
        {
            Append(HeaderName.Find(name)?.Id ?? 0, name, value);
            return;
        }

        SetValue(ref lines[first], value);
        _ = RemoveFrom(first + 1, name);
    }

    /// <summary>As <see cref="AppendTo(HeaderName,ReadOnlySpan{byte},byte)"/>, for a name that need not be listed.</summary>
    public void AppendTo(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, byte separator = (byte)',')
    {
        ThrowIfFrozen();
        if (IndexOf(name) is var first and >= 0)
        {
            Join(first, value, separator);
        }
        else
        {
            Append(HeaderName.Find(name)?.Id ?? 0, name, value);
        }
    }

    /// <summary>As <see cref="Set(HeaderName,ReadOnlySpan{byte})"/> with a decimal number.</summary>
    public void Set(HeaderName name, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(value, digits, out var written);
        Set(name, digits[..written]);
    }

    /// <summary>Removes every line of that name. Returns whether there was one.</summary>
    public bool Remove(HeaderName name)
    {
        ThrowIfFrozen();
        return RemoveFrom(0, name);
    }

    /// <summary>Removes every line of that name, compared ignoring ASCII case. Returns whether there was one.</summary>
    public bool Remove(ReadOnlySpan<byte> name)
    {
        ThrowIfFrozen();
        return RemoveFrom(0, name);
    }

    public bool Contains(HeaderName name) => IndexOf(name) >= 0;

    /// <summary>The value of the first line of that name; empty if there is none.</summary>
    public ReadOnlySpan<byte> Get(HeaderName name) => TryGet(name, out var value) ? value : default;

    public bool TryGet(HeaderName name, out ReadOnlySpan<byte> value)
    {
        var i = IndexOf(name);
        value = i < 0 ? default : ValueOf(lines[i]);
        return i >= 0;
    }

    /// <summary>The place of the next line of that name, from a place on; −1 if there is none. Read it with the indexer.</summary>
    public int IndexOf(HeaderName name, int from = 0) => (present & BitOf(name.Tag)) == 0 ? -1 : Find(name, from);

    private int Find(HeaderName name, int from)
    {
        var wanted = Vector256.Create(name.Tag);
        for (var block = from & -TagsAtOnce; block < count; block += TagsAtOnce)
        {
            // Two bits for each tag. Those behind the last line are of lines that are gone.
            var hits = Vector256.Equals(Vector256.Create<ushort>(tags.AsSpan(block, TagsAtOnce)), wanted).AsByte().ExtractMostSignificantBits();
            for (hits &= uint.MaxValue << (2 * Math.Max(0, from - block)); hits != 0; hits &= hits - 1, hits &= hits - 1)
            {
                var at = block + (BitOperations.TrailingZeroCount(hits) / 2);
                if (at >= count)
                {
                    return -1;
                }

                if (name.Id != 0 || HeaderName.AreSame(NameOf(lines[at]), name.Bytes))
                {
                    return at;
                }
            }
        }

        return -1;
    }

    /// <summary>The value at a place.</summary>
    internal ReadOnlySpan<byte> ValueAt(int index) => ValueOf(lines[index]);

    /// <summary>As <see cref="IndexOf(HeaderName,int)"/>, for a name that need not be listed; compared ignoring ASCII case.</summary>
    public int IndexOf(ReadOnlySpan<byte> name, int from = 0)
    {
        for (var i = from; i < count; i++)
        {
            if (HeaderName.AreSame(NameOf(lines[i]), name))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Reads <c>:status</c>; 0 if it is absent or no number of three digits.</summary>
    public int StatusCode()
    {
        var value = Get(HeaderName.Status);
        if (value.Length != 3)
        {
            return 0;
        }

        var (hundreds, tens, ones) = ((uint)(value[0] - '0'), (uint)(value[1] - '0'), (uint)(value[2] - '0'));
        return hundreds > 9 || tens > 9 || ones > 9 ? 0 : (int)((100 * hundreds) + (10 * tens) + ones);
    }

    /// <summary>One line each, for error messages and tests.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            _ = text.Append(Encoding.Latin1.GetString(NameOf(lines[i]))).Append(": ").Append(Encoding.Latin1.GetString(ValueOf(lines[i]))).Append('\n');
        }

        return text.ToString();
    }

    private bool RemoveFrom(int start, HeaderName name)
    {
        var first = IndexOf(name, start);
        if (first < 0)
        {
            return false;
        }

        var kept = first;
        for (var (next, i) = (first, first); i < count; i++)
        {
            if (i == next)
            {
                next = IndexOf(name, i + 1);
            }
            else
            {
                Move(i, kept++);
            }
        }

        count = kept;
        return true;
    }

    private bool RemoveFrom(int start, ReadOnlySpan<byte> name)
    {
        var kept = start;
        for (var i = start; i < count; i++)
        {
            if (!HeaderName.AreSame(NameOf(lines[i]), name))
            {
                Move(i, kept++);
            }
        }

        var removed = kept < count;
        count = kept;
        return removed;
    }

    private static ulong BitOf(ushort tag) => 1UL << tag; // The shift takes its six lowest bits.

    private void Move(int from, int to)
    {
        lines[to] = lines[from];
        tags[to] = tags[from];
    }

    private void Join(int index, ReadOnlySpan<byte> value, byte separator)
    {
        // As in Envoy, nothing is joined to nothing: an empty value takes no separator.
        ref var line = ref lines[index];
        if (value.IsEmpty)
        {
            return;
        }

        if (line.ValueLength == 0)
        {
            SetValue(ref line, value);
            return;
        }

        var length = line.ValueLength + 1 + value.Length;
        var start = Reserve(length);
        var joined = bytes.AsSpan(start, length);
        ValueOf(line).CopyTo(joined);
        joined[line.ValueLength] = separator;
        value.CopyTo(joined[(line.ValueLength + 1)..]);
        MoveOutOfTemplate(ref line);
        line.ValueStart = start;
        line.ValueLength = length;
    }

    private void Append(ushort id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (count == lines.Length)
        {
            Array.Resize(ref lines, 2 * count);
            Array.Resize(ref tags, 2 * count);
        }

        // A known name in lower case need not be stored: its bytes are the name's own.
        var canonical = id != 0 && name.SequenceEqual(HeaderName.FromId(id).Bytes);
        var tag = id != 0 ? id : HeaderName.TagOf(name);
        present |= BitOf(tag);
        tags[count] = tag;
        ref var line = ref lines[count++];
        line = new Line
        {
            Id = id,
            NameStart = canonical ? -1 : Store(name),
            NameLength = name.Length,
        };
        line.ValueStart = Store(value);
        line.ValueLength = value.Length;
    }

    private void SetValue(ref Line line, ReadOnlySpan<byte> value)
    {
        if (line.InTemplate)
        {
            var start = Store(value);
            MoveOutOfTemplate(ref line);
            line.ValueStart = start;
        }
        else if (value.Length <= line.ValueLength)
        {
            value.CopyTo(bytes.AsSpan(line.ValueStart));
        }
        else
        {
            line.ValueStart = Store(value);
        }

        line.ValueLength = value.Length;
    }

    private int Store(ReadOnlySpan<byte> data)
    {
        var start = Reserve(data.Length);
        data.CopyTo(bytes.AsSpan(start));
        return start;
    }

    /// <summary>Room for so many bytes; spans into the map stay readable.</summary>
    private int Reserve(int length)
    {
        if (used + length > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(2 * bytes.Length, used + length));
        }

        var start = used;
        used += length;
        return start;
    }

    /// <summary>The name moves with the value, so that a line lives in one buffer.</summary>
    private void MoveOutOfTemplate(ref Line line)
    {
        if (line.InTemplate)
        {
            line.NameStart = line.NameStart < 0 ? -1 : Store(NameOf(line));
            line.InTemplate = false;
        }
    }

    private ReadOnlySpan<byte> NameOf(in Line line) =>
        line.NameStart < 0 ? HeaderName.FromId(line.Id).Bytes : Buffer(line).AsSpan(line.NameStart, line.NameLength);

    private ReadOnlySpan<byte> ValueOf(in Line line) => Buffer(line).AsSpan(line.ValueStart, line.ValueLength);

    private byte[] Buffer(in Line line) => line.InTemplate ? templateBytes : bytes;

    private void ThrowIfFrozen()
    {
        if (frozen)
        {
            throw new InvalidOperationException("A frozen header map cannot change.");
        }
    }

    private struct Line
    {
        public ushort Id;
        public bool InTemplate;
        public int NameStart;
        public int NameLength;
        public int ValueStart;
        public int ValueLength;
    }
}
