using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Operators about the machine, read once, and random ids.</summary>
internal static class MachineOperators
{
    public static FormatOperator[] All =>
        [
            FormatOperator.Of("HOSTNAME", FormatSyntax.NameOnly, HostName),
            FormatOperator.Of("ENVIRONMENT", FormatSyntax.ParametersRequired | FormatSyntax.LengthAllowed, Variable),
            FormatOperator.Fixed("UNIQUE_ID", new UniqueIdSegment()),
        ];

    private static FormatSegment HostName(FormatArguments arguments) =>
        arguments.Options.Environment.HostName is { } name ? new LiteralSegment(Encoding.UTF8.GetBytes(name)) : new TextSegment(static _ => null);

    /// <summary>A variable that is not set is a dash, whatever omit_empty_values says.</summary>
    private static LiteralSegment Variable(FormatArguments arguments)
    {
        if (!arguments.Options.Environment.Variables.TryGetValue(arguments.Parameters, out var value))
        {
            return new LiteralSegment("-"u8.ToArray());
        }

        var bytes = Encoding.UTF8.GetBytes(value);
        return new LiteralSegment(bytes[..Math.Min(bytes.Length, arguments.MaxLength)]);
    }

    /// <summary>A UUID of its own each time it is printed.</summary>
    private sealed class UniqueIdSegment : FormatSegment
    {
        public override bool Write(StreamInfo info, ByteBuffer output)
        {
            if (info.Random is not { } random)
            {
                return false;
            }

            RequestIds.WriteUuid(random, output.GetSpan(RequestIds.Length));
            output.Advance(RequestIds.Length);
            return true;
        }
    }
}
