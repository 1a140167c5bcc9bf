using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Free-form values: google.protobuf.Struct, Value and ListValue take any document.</summary>
internal static class StructValues
{
    public static Struct Struct(ConfigMapping mapping)
    {
        var result = new Struct();
        foreach (var entry in mapping.Entries)
        {
            result.Fields[entry.Key] = Value(entry.Value);
        }

        return result;
    }

    public static ListValue List(ConfigSequence sequence) => new() { Values = { sequence.Items.Select(Value) } };

    public static Value Value(ConfigNode node) =>
        node switch
        {
            ConfigScalar { Scalar: ScalarKind.Null } => Google.Protobuf.WellKnownTypes.Value.ForNull(),
            ConfigScalar { Scalar: ScalarKind.Bool } scalar => Google.Protobuf.WellKnownTypes.Value.ForBool(ScalarRules.IsTrue(scalar.Text)),
            ConfigScalar { Scalar: ScalarKind.Number } scalar => Google.Protobuf.WellKnownTypes.Value.ForNumber(
                double.Parse(scalar.Text, CultureInfo.InvariantCulture)
            ),
            ConfigScalar scalar => Google.Protobuf.WellKnownTypes.Value.ForString(scalar.Text),
            ConfigSequence sequence => new Value { ListValue = List(sequence) },
            ConfigMapping mapping => new Value { StructValue = Struct(mapping) },
            _ => throw new InvalidOperationException($"no such kind of node: {node.Kind}"),
        };
}
