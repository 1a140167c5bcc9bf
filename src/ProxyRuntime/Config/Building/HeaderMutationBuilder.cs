using Envoy.Config.Common.MutationRules.V3;
using Envoy.Config.Core.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Headers to add and to remove.</summary>
internal sealed class HeaderMutationBuilder(BuildContext context)
{
    public HeaderMutations Build(IReadOnlyCollection<HeaderValueOption> add, IReadOnlyCollection<string> remove) =>
        add.Count + remove.Count == 0 ? HeaderMutations.None : new HeaderMutations(Names(remove), [.. add.Select(Addition).OfType<HeaderAddition>()]);

    /// <summary>One header to add; null, with a problem, if it says contradictory things or has no valid format.</summary>
    public HeaderAddition? Addition(HeaderValueOption option)
    {
        if (option.Header is not { Key.Length: > 0 } header)
        {
            return null;
        }

        var action = option.AppendAction;
        if (option.Append is { } append)
        {
            if (action != HeaderValueOption.Types.HeaderAppendAction.AppendIfExistsOrAdd)
            {
                context.Map.Problem(option, "append", "Both append and append_action are set and it's not allowed");
            }

            action = append
                ? HeaderValueOption.Types.HeaderAppendAction.AppendIfExistsOrAdd
                : HeaderValueOption.Types.HeaderAppendAction.OverwriteIfExistsOrAdd;
        }

        var (field, text) = header.RawValue.IsEmpty ? ("value", header.Value) : ("raw_value", header.RawValue.ToStringUtf8());
        return new FormatBuilder(context).Text(header, field, HeaderFormatText.Translate(text)) is { } format
            ? new HeaderAddition(HeaderName.Of(header.Key), format, (AppendAction)(int)action, option.KeepEmptyValue)
            : null;
    }

    public HeaderMutationList List(IReadOnlyCollection<HeaderMutation> mutations) =>
        mutations.Count == 0 ? HeaderMutationList.None : new HeaderMutationList([.. mutations.Select(Step).OfType<HeaderMutationStep>()]);

    public static System.Collections.Immutable.ImmutableArray<HeaderName> Names(IEnumerable<string> names) =>
        [.. names.Where(static name => name.Length > 0).Select(HeaderName.Of)];

    private HeaderMutationStep? Step(HeaderMutation mutation) =>
        mutation.ActionCase switch
        {
            HeaderMutation.ActionOneofCase.Remove => new HeaderMutationStep(Remove: HeaderName.Of(mutation.Remove)),
            HeaderMutation.ActionOneofCase.Append => Addition(mutation.Append) is { } addition ? new HeaderMutationStep(Append: addition) : null,
            HeaderMutation.ActionOneofCase.RemoveOnMatch => new MatcherBuilder(context).Text(mutation.RemoveOnMatch.KeyMatcher) is { } matcher
                ? new HeaderMutationStep(RemoveOnMatch: matcher)
                : null,
            _ => null,
        };
}
