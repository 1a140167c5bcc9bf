using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Headers that one level of the configuration (route, virtual host, table, weighted cluster) removes and adds.</summary>
/// <param name="Remove">request_headers_to_remove or response_headers_to_remove.</param>
/// <param name="Add">request_headers_to_add or response_headers_to_add.</param>
public sealed record HeaderMutations(ImmutableArray<HeaderName> Remove, ImmutableArray<HeaderAddition> Add)
{
    public static readonly HeaderMutations None = new([], []);

    /// <summary>
    /// First everything to remove goes; then all values are made from the headers as they are now; then those that replace are set,
    /// then those that add. Whether a header is absent is looked at before anything of this level is added.
    /// </summary>
    internal void Apply(HeaderMap headers, StreamInfo info, ByteBuffer scratch)
    {
        foreach (var name in Remove)
        {
            _ = headers.Remove(name);
        }

        if (Add.IsEmpty)
        {
            return;
        }

        Span<Pending> pending = Add.Length <= 64 ? stackalloc Pending[Add.Length] : new Pending[Add.Length];
        scratch.Clear();
        for (var i = 0; i < Add.Length; i++)
        {
            pending[i] = Prepare(Add[i], headers, info, scratch);
        }

        foreach (var kind in (ReadOnlySpan<PendingKind>)[PendingKind.Overwrite, PendingKind.Add])
        {
            for (var i = 0; i < Add.Length; i++)
            {
                if (pending[i].Kind != kind)
                {
                    continue;
                }

                var value = scratch.Span.Slice(pending[i].Start, pending[i].Length);
                if (kind == PendingKind.Overwrite)
                {
                    headers.Set(Add[i].Name, value);
                }
                else
                {
                    headers.Add(Add[i].Name, value);
                }
            }
        }
    }

    private static Pending Prepare(HeaderAddition addition, HeaderMap headers, StreamInfo info, ByteBuffer scratch)
    {
        var start = scratch.Length;
        addition.Value.WriteValue(info, scratch);
        var length = scratch.Length - start;
        if (length == 0 && !addition.KeepEmpty)
        {
            return default;
        }

        var kind = addition.Action switch
        {
            AppendAction.AddIfAbsent => headers.Contains(addition.Name) ? PendingKind.None : PendingKind.Add,
            AppendAction.OverwriteIfExists => headers.Contains(addition.Name) ? PendingKind.Overwrite : PendingKind.None,
            AppendAction.OverwriteIfExistsOrAdd => PendingKind.Overwrite,
            _ => PendingKind.Add,
        };
        return new Pending(kind, start, length);
    }

    private enum PendingKind : byte
    {
        None,
        Overwrite,
        Add,
    }

    private readonly record struct Pending(PendingKind Kind, int Start, int Length);
}
