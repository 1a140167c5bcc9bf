using System.Globalization;
using Envoy.Config.Bootstrap.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>layered_runtime: nested keys are joined with dots, later layers win.</summary>
internal sealed class RuntimeBuilder(BuildContext context)
{
    private readonly SortedDictionary<string, RuntimeValue> values = new(StringComparer.Ordinal);

    public RuntimeSnapshot Build(LayeredRuntime? runtime)
    {
        foreach (var layer in runtime?.Layers ?? [])
        {
            switch (layer.LayerSpecifierCase)
            {
                case RuntimeLayer.LayerSpecifierOneofCase.StaticLayer:
                    foreach (var (key, value) in layer.StaticLayer.Fields)
                    {
                        Add(layer, key, value);
                    }

                    break;
                case RuntimeLayer.LayerSpecifierOneofCase.DiskLayer:
                    context.NotSupported(layer, "disk_layer", "static_layer, admin_layer");
                    break;
                case RuntimeLayer.LayerSpecifierOneofCase.RtdsLayer:
                    context.NotSupported(layer, "rtds_layer", "static_layer, admin_layer");
                    break;
                default:
                    break; // An admin layer is empty at first.
            }
        }

        return values.Count == 0 ? RuntimeSnapshot.Empty : new RuntimeSnapshot(values);
    }

    private void Add(RuntimeLayer layer, string key, Value value)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.NumberValue:
                values[key] = Number(value.NumberValue.ToString("R", CultureInfo.InvariantCulture), value.NumberValue);
                break;
            case Value.KindOneofCase.BoolValue:
                values[key] = new RuntimeValue(value.BoolValue ? "true" : "false", Bool: value.BoolValue);
                break;
            case Value.KindOneofCase.StringValue:
                values[key] = Text(value.StringValue);
                break;
            case Value.KindOneofCase.StructValue:
                AddStruct(layer, key, value.StructValue);
                break;
            default:
                context.Map.Problem(
                    layer,
                    "static_layer",
                    $"Invalid runtime entry value for {key}; accepted: a number, a truth value, a text, a fractional percent"
                );
                break;
        }
    }

    private void AddStruct(RuntimeLayer layer, string key, Struct value)
    {
        if (value.Fields.Count == 0 || value.Fields.ContainsKey("numerator") || value.Fields.ContainsKey("denominator"))
        {
            values[key] = new RuntimeValue(JsonFormatter.Default.Format(value), Percent: Percent(value));
            return;
        }

        foreach (var (name, field) in value.Fields)
        {
            Add(layer, $"{key}.{name}", field);
        }
    }

    private static Core.FractionalPercent? Percent(Struct value)
    {
        try
        {
            var percent = JsonParser.Default.Parse<Envoy.Type.V3.FractionalPercent>(JsonFormatter.Default.Format(value));
            return MatcherBuilder.Percent(percent, Core.FractionalPercent.Never);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException)
        {
            return null; // Such an entry has no value, as in Envoy.
        }
    }

    /// <summary>A text that is a number counts as one.</summary>
    private static RuntimeValue Text(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? Number(text, number) : new RuntimeValue(text);

    /// <summary>As a whole number it is cut off; as a truth value it is one if it is whole.</summary>
    private static RuntimeValue Number(string raw, double number) =>
        new(
            raw,
            Integer: number is >= 0 and < ulong.MaxValue ? (ulong)number : null,
            Number: number,
            Bool: number is > int.MinValue and < int.MaxValue && Math.Truncate(number).Equals(number) ? number != 0 : null
        );
}
