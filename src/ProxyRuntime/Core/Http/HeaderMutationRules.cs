using System.Buffers.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a service wants to do to a header.</summary>
internal enum HeaderOperation : byte
{
    Set,
    Append,
    Remove,
}

/// <summary>What becomes of it.</summary>
internal enum HeaderVerdict : byte
{
    Allow,

    /// <summary>It is left undone.</summary>
    Ignore,

    /// <summary>The whole answer of the service is bad.</summary>
    Fail,
}

/// <summary>config.common.mutation_rules.v3.HeaderMutationRules: which headers a service may change. All false by default.</summary>
public sealed record HeaderMutationRules
{
    /// <summary>allow_all_routing: <c>host</c>, <c>:authority</c>, <c>:scheme</c> and <c>:method</c> too.</summary>
    public bool AllowAllRouting { get; init; }

    /// <summary>allow_envoy: names that begin with <c>x-envoy</c> too.</summary>
    public bool AllowEnvoy { get; init; }

    /// <summary>disallow_system: no name that begins with a colon.</summary>
    public bool DisallowSystem { get; init; }

    /// <summary>disallow_all: nothing but what <see cref="AllowExpression"/> allows.</summary>
    public bool DisallowAll { get; init; }

    /// <summary>allow_expression, over the whole name in lower case; null for none.</summary>
    public Re2Regex? AllowExpression { get; init; }

    /// <summary>disallow_expression: stronger than all the others; null for none.</summary>
    public Re2Regex? DisallowExpression { get; init; }

    /// <summary>disallow_is_error: what is not allowed makes the answer bad, instead of being left undone.</summary>
    public bool DisallowIsError { get; init; }

    /// <param name="name">In lower case.</param>
    internal HeaderVerdict Check(HeaderOperation operation, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (IsAllowed(operation, name) && (operation == HeaderOperation.Remove || IsGoodValue(name, value)))
        {
            return HeaderVerdict.Allow;
        }

        return DisallowIsError ? HeaderVerdict.Fail : HeaderVerdict.Ignore;
    }

    private bool IsAllowed(HeaderOperation operation, ReadOnlySpan<byte> name)
    {
        var isSystem = name is [(byte)':', ..];
        if (operation == HeaderOperation.Remove && (isSystem || name.SequenceEqual("host"u8)))
        {
            return false;
        }

        if (DisallowExpression?.IsFullMatch(name) == true)
        {
            return false;
        }

        if (AllowExpression?.IsFullMatch(name) == true)
        {
            return true;
        }

        if (DisallowAll || (!AllowAllRouting && IsRouting(name)))
        {
            return false;
        }

        // System headers have one value, so nothing can be appended to them.
        return !(isSystem && (operation == HeaderOperation.Append || DisallowSystem)) && (AllowEnvoy || !name.StartsWith("x-envoy"u8));
    }

    private static bool IsRouting(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("host"u8) || name.SequenceEqual(":authority"u8) || name.SequenceEqual(":method"u8) || name.SequenceEqual(":scheme"u8);

    private static bool IsGoodValue(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name is not [(byte)':', ..] && !HeaderSyntax.IsValue(value))
        {
            return false;
        }

        if (name.SequenceEqual("host"u8) || name.SequenceEqual(":authority"u8))
        {
            return HostHeader.IsValid(value);
        }

        if (name.SequenceEqual(":scheme"u8))
        {
            return StringMatcher.EqualsIgnoringCase(value, "http"u8) || StringMatcher.EqualsIgnoringCase(value, "https"u8);
        }

        return !name.SequenceEqual(":status"u8) || (Utf8Parser.TryParse(value, out uint status, out var used) && used == value.Length && status >= 200);
    }
}
