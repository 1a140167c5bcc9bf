using System.Globalization;
using Envoy.Config.Bootstrap.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf.WellKnownTypes;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Regular expressions: what RE2 does not take, and what makes a larger program than is allowed.</summary>
internal static class RegexChecks
{
    private const string ErrorLevelKey = "re2.max_program_size.error_level";

    /// <summary>Of the runtime key, if it is not set.</summary>
    private const double DefaultErrorLevel = 100;

    /// <param name="errorLevel">The largest program of an expression that does not say its own (google_re2.max_program_size).</param>
    public static void Check(SourceMap map, RegexMatcher matcher, double errorLevel)
    {
        if (Re2Regex.TryParse(matcher.Regex, out var error) is not { } regex)
        {
            map.Problem(matcher, "regex", error!);
            return;
        }

        var (limit, source) = matcher.GoogleRe2?.MaxProgramSize is { } own ? (own, "") : (errorLevel, " set for the error level threshold");
        if (regex.ProgramSize > limit)
        {
            var text = $"regex '{matcher.Regex}' RE2 program size of {regex.ProgramSize} > max program size of {limit}{source}.";
            map.Problem(matcher, "regex", $"{text} Increase configured max program size if necessary.");
        }
    }

    /// <summary>The runtime key <c>re2.max_program_size.error_level</c> as the static layers set it, the last of them first.</summary>
    public static double ErrorLevel(Bootstrap bootstrap)
    {
        foreach (var layer in (bootstrap.LayeredRuntime?.Layers ?? []).Reverse())
        {
            if (layer.StaticLayer is { } entries && Find(entries, ErrorLevelKey) is { } value)
            {
                return value;
            }
        }

        return DefaultErrorLevel;
    }

    /// <summary>A number by its key, of which each part up to a dot may be a structure of its own. Numbers are cut to whole ones and may be written as text.</summary>
    private static double? Find(Struct entries, string key)
    {
        foreach (var (name, value) in entries.Fields)
        {
            var number = value.KindCase switch
            {
                Value.KindOneofCase.StructValue when key.StartsWith($"{name}.", StringComparison.Ordinal) => Find(value.StructValue, key[(name.Length + 1)..]),
                Value.KindOneofCase.NumberValue when name == key => value.NumberValue,
                Value.KindOneofCase.StringValue when name == key && double.TryParse(value.StringValue, CultureInfo.InvariantCulture, out var parsed) => parsed,
                _ => null,
            };
            if (number >= 0)
            {
                return Math.Floor(number.Value);
            }
        }

        return null;
    }
}
