using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Changes query parameters: takes the query apart, names and values percent-decoded, and writes it anew, sorted by name, each parameter
/// with an equals sign. What was decoded is not encoded again – but for blanks and control characters, which would end the request line.
/// </summary>
internal sealed class QueryEditor(WorkerContext context)
{
    private readonly ByteBuffer bytes = new();
    private readonly List<Parameter> parameters = [];

    public void Apply(ImmutableArray<QueryParameterMutation> mutations, HeaderMap head, StreamInfo info)
    {
        if (!head.TryGet(HeaderName.Path, out var target))
        {
            return;
        }

        Parse(target);
        foreach (var mutation in mutations)
        {
            Apply(mutation, info);
        }

        var scratch = context.Scratch;
        scratch.Clear();
        var start = target.IndexOf((byte)'?');
        scratch.Append(start < 0 ? target : target[..start]);
        Write(scratch);
        head.Set(HeaderName.Path, scratch.Span);
    }

    private void Parse(ReadOnlySpan<byte> target)
    {
        bytes.Clear();
        parameters.Clear();
        var start = target.IndexOf((byte)'?');
        var rest = start < 0 ? default : target[(start + 1)..];
        while (QueryString.TryTake(ref rest, out var name, out var value))
        {
            var at = bytes.Length;
            PercentEncoding.Decode(name, bytes);
            var middle = bytes.Length;
            PercentEncoding.Decode(value, bytes);
            Insert(new Parameter(at, middle, bytes.Length));
        }
    }

    private void Apply(QueryParameterMutation mutation, StreamInfo info)
    {
        var at = bytes.Length;
        _ = Encoding.UTF8.GetBytes(mutation.Name, bytes);
        var middle = bytes.Length;
        var name = bytes.Span[at..middle];
        var exists = false;
        foreach (var parameter in parameters)
        {
            exists |= NameOf(parameter).SequenceEqual(name);
        }

        var replaces = mutation.Action is AppendAction.OverwriteIfExists or AppendAction.OverwriteIfExistsOrAdd;
        if (mutation.Value is null || (replaces && exists))
        {
            Remove(name);
        }

        var adds = mutation.Action switch
        {
            AppendAction.AddIfAbsent => !exists,
            AppendAction.OverwriteIfExists => exists,
            _ => true,
        };
        if (mutation.Value is { } value && adds)
        {
            value.WriteValue(info, bytes);
            Insert(new Parameter(at, middle, bytes.Length));
        }
    }

    /// <summary>Behind all that are smaller or equal.</summary>
    private void Insert(Parameter parameter)
    {
        var place = parameters.Count;
        while (place > 0 && NameOf(parameters[place - 1]).SequenceCompareTo(NameOf(parameter)) > 0)
        {
            place--;
        }

        parameters.Insert(place, parameter);
    }

    private void Remove(ReadOnlySpan<byte> name)
    {
        for (var i = parameters.Count - 1; i >= 0; i--)
        {
            if (NameOf(parameters[i]).SequenceEqual(name))
            {
                parameters.RemoveAt(i);
            }
        }
    }

    private void Write(ByteBuffer output)
    {
        var separator = (byte)'?';
        foreach (var parameter in parameters)
        {
            output.Append(separator);
            Write(NameOf(parameter), output);
            output.Append((byte)'=');
            Write(bytes.Span[parameter.Middle..parameter.End], output);
            separator = (byte)'&';
        }
    }

    private static void Write(ReadOnlySpan<byte> part, ByteBuffer output)
    {
        foreach (var b in part)
        {
            if (b is > (byte)' ' and not 0x7f)
            {
                output.Append(b);
            }
            else
            {
                output.Append((byte)'%');
                output.Append("0123456789ABCDEF"u8[b >> 4]);
                output.Append("0123456789ABCDEF"u8[b & 15]);
            }
        }
    }

    private ReadOnlySpan<byte> NameOf(Parameter parameter) => bytes.Span[parameter.Start..parameter.Middle];

    /// <summary>Where a name and the value behind it lie.</summary>
    private readonly record struct Parameter(int Start, int Middle, int End);
}
