using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>config.common.mutation_rules.v3.HeaderMutation, in list order: each sees what the ones before it did.</summary>
public sealed record HeaderMutationList(ImmutableArray<HeaderMutationStep> Steps)
{
    public static readonly HeaderMutationList None = new([]);

    private const int MaxNameOnStack = 256;

    internal void Apply(HeaderMap headers, StreamInfo info, ByteBuffer scratch)
    {
        foreach (var step in Steps)
        {
            if (step.Remove is { } name)
            {
                _ = headers.Remove(name);
            }
            else if (step.RemoveOnMatch is { } matcher)
            {
                RemoveMatching(headers, matcher);
            }
            else if (step.Append is { } addition)
            {
                Append(addition, headers, info, scratch);
            }
        }
    }

    /// <summary>Names are compared in lower case, whatever case they came in.</summary>
    private static void RemoveMatching(HeaderMap headers, StringMatcher matcher)
    {
        Span<byte> room = stackalloc byte[MaxNameOnStack];
        for (var i = headers.Count - 1; i >= 0; i--)
        {
            if (i >= headers.Count || headers[i].IsPseudo)
            {
                continue;
            }

            var name = headers[i].Name;
            var lower = name.Length <= room.Length ? room : new byte[name.Length];
            _ = Ascii.ToLower(name, lower, out var length);
            if (matcher.Matches(lower[..length]))
            {
                _ = headers.Remove(name);
            }
        }
    }

    private static void Append(HeaderAddition addition, HeaderMap headers, StreamInfo info, ByteBuffer scratch)
    {
        scratch.Clear();
        addition.Value.WriteValue(info, scratch);
        var value = scratch.Span;
        if (value.IsEmpty && !addition.KeepEmpty)
        {
            return;
        }

        var exists = headers.Contains(addition.Name);
        switch (addition.Action)
        {
            case AppendAction.AddIfAbsent when !exists:
            case AppendAction.AppendIfExistsOrAdd:
                headers.Add(addition.Name, value);
                break;
            case AppendAction.OverwriteIfExists when exists:
            case AppendAction.OverwriteIfExistsOrAdd:
                headers.Set(addition.Name, value);
                break;
            default:
                break;
        }
    }
}

/// <summary>One mutation: exactly one of the three.</summary>
/// <param name="Remove">remove.</param>
/// <param name="Append">append.</param>
/// <param name="RemoveOnMatch">remove_on_match: every header whose name fits.</param>
public sealed record HeaderMutationStep(HeaderName? Remove = null, HeaderAddition? Append = null, StringMatcher? RemoveOnMatch = null);
