using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using MeshSim.ProxyRuntime.Core;
using DoubleMatcher = MeshSim.ProxyRuntime.Core.DoubleMatcher;
using DoubleMatcherMessage = Envoy.Type.Matcher.V3.DoubleMatcher;
using ListMatcher = MeshSim.ProxyRuntime.Core.ListMatcher;
using MetadataMatcher = MeshSim.ProxyRuntime.Core.MetadataMatcher;
using MetadataMatcherMessage = Envoy.Type.Matcher.V3.MetadataMatcher;
using OrMatcher = MeshSim.ProxyRuntime.Core.OrMatcher;
using ValueMatcher = MeshSim.ProxyRuntime.Core.ValueMatcher;
using ValueMatcherMessage = Envoy.Type.Matcher.V3.ValueMatcher;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Metadata and tests of it.</summary>
internal sealed class MetadataBuilder(BuildContext context)
{
    public static MetadataMap Build(Metadata? metadata) =>
        metadata is null || metadata.FilterMetadata.Count == 0
            ? MetadataMap.Empty
            : new MetadataMap(metadata.FilterMetadata.Select(static entry => System.Collections.Generic.KeyValuePair.Create(entry.Key, Value(entry.Value))));

    /// <summary>What stands under <c>envoy.lb</c>; null if nothing does.</summary>
    public static MetadataValue? LoadBalancing(Metadata? metadata) =>
        metadata is not null && metadata.FilterMetadata.TryGetValue("envoy.lb", out var fields) && fields.Fields.Count > 0 ? Value(fields) : null;

    public static MetadataValue Value(Struct value) =>
        MetadataValue.Of(value.Fields.Select(static field => System.Collections.Generic.KeyValuePair.Create(field.Key, Value(field.Value))));

    public static MetadataValue Value(Value value) =>
        value.KindCase switch
        {
            Google.Protobuf.WellKnownTypes.Value.KindOneofCase.BoolValue => MetadataValue.Of(value.BoolValue),
            Google.Protobuf.WellKnownTypes.Value.KindOneofCase.NumberValue => MetadataValue.Of(value.NumberValue),
            Google.Protobuf.WellKnownTypes.Value.KindOneofCase.StringValue => MetadataValue.Of(value.StringValue),
            Google.Protobuf.WellKnownTypes.Value.KindOneofCase.ListValue => MetadataValue.Of([.. value.ListValue.Values.Select(Value)]),
            Google.Protobuf.WellKnownTypes.Value.KindOneofCase.StructValue => Value(value.StructValue),
            _ => MetadataValue.Null,
        };

    public MetadataMatcher? Matcher(MetadataMatcherMessage? matcher) =>
        Matcher(matcher?.Value) is { } value
            ? new MetadataMatcher(matcher!.Filter, [.. matcher.Path.Select(static segment => segment.Key)], value, matcher.Invert)
            : null;

    /// <summary>A test of one value; null if there is none.</summary>
    public ValueMatcher? Matcher(ValueMatcherMessage? matcher) =>
        matcher?.MatchPatternCase switch
        {
            ValueMatcherMessage.MatchPatternOneofCase.NullMatch => new NullMatcher(),
            ValueMatcherMessage.MatchPatternOneofCase.DoubleMatch => Number(matcher.DoubleMatch),
            ValueMatcherMessage.MatchPatternOneofCase.StringMatch => new MatcherBuilder(context).Text(matcher.StringMatch) is { } text
                ? new TextValueMatcher(text)
                : null,
            ValueMatcherMessage.MatchPatternOneofCase.BoolMatch => new BoolMatcher(matcher.BoolMatch),
            ValueMatcherMessage.MatchPatternOneofCase.PresentMatch => new PresenceMatcher(matcher.PresentMatch),
            ValueMatcherMessage.MatchPatternOneofCase.ListMatch => Matcher(matcher.ListMatch.OneOf) is { } item ? new ListMatcher(item) : null,
            ValueMatcherMessage.MatchPatternOneofCase.OrMatch => new OrMatcher([.. matcher.OrMatch.ValueMatchers.Select(Matcher).OfType<ValueMatcher>()]),
            _ => null,
        };

    private static DoubleMatcher Number(DoubleMatcherMessage matcher) =>
        matcher.MatchPatternCase == DoubleMatcherMessage.MatchPatternOneofCase.Exact
            ? new DoubleMatcher(matcher.Exact)
            : new DoubleMatcher(null, matcher.Range?.Start ?? 0, matcher.Range?.End ?? 0);
}
