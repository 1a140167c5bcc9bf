using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.type.matcher.v3.ValueMatcher: tests a value of metadata.</summary>
public abstract record ValueMatcher
{
    /// <param name="value">The value; null where there is none.</param>
    public abstract bool Matches(MetadataValue? value);
}

/// <summary>null_match: there is a value and it is null.</summary>
public sealed record NullMatcher : ValueMatcher
{
    public override bool Matches(MetadataValue? value) => value is { Kind: MetadataKind.Null };

    public override string ToString() => "is null";
}

/// <summary>double_match: a number that is equal, or in a range that excludes its end.</summary>
public sealed record DoubleMatcher(double? Exact, double Start = 0, double End = 0) : ValueMatcher
{
    public override bool Matches(MetadataValue? value) =>
        value is { Kind: MetadataKind.Number } && (Exact is { } exact ? value.Number.Equals(exact) : value.Number >= Start && value.Number < End);

    public override string ToString() =>
        Exact is { } exact
            ? string.Create(CultureInfo.InvariantCulture, $"is the number {exact}")
            : string.Create(CultureInfo.InvariantCulture, $"is a number from {Start} to before {End}");
}

/// <summary>string_match: a text that fits.</summary>
public sealed record TextValueMatcher(StringMatcher Text) : ValueMatcher
{
    public override bool Matches(MetadataValue? value) => value is { Kind: MetadataKind.Text } && Text.Matches(Encoding.UTF8.GetBytes(value.Text));

    public override string ToString() => $"{Text}";
}

/// <summary>bool_match.</summary>
public sealed record BoolMatcher(bool Bool) : ValueMatcher
{
    public override bool Matches(MetadataValue? value) => value is { Kind: MetadataKind.Bool } && value.Bool == Bool;

    public override string ToString() => Bool ? "is true" : "is false";
}

/// <summary>present_match: there is a value, null included – or there is none.</summary>
public sealed record PresenceMatcher(bool Present) : ValueMatcher
{
    public override bool Matches(MetadataValue? value) => value is not null && Present;

    public override string ToString() => Present ? "is present" : "never fits";
}

/// <summary>list_match: one item of a list fits.</summary>
public sealed record ListMatcher(ValueMatcher OneOf) : ValueMatcher
{
    public override bool Matches(MetadataValue? value)
    {
        if (value is not { Kind: MetadataKind.List })
        {
            return false;
        }

        foreach (var item in value.Items)
        {
            if (OneOf.Matches(item))
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => $"is a list with an item that {OneOf}";
}

/// <summary>or_match: one of several fits.</summary>
public sealed record OrMatcher(ImmutableArray<ValueMatcher> Any) : ValueMatcher
{
    public override bool Matches(MetadataValue? value)
    {
        foreach (var matcher in Any)
        {
            if (matcher.Matches(value))
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => string.Join(" or ", Any);
}
