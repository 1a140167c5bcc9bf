using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.type.matcher.v3.FilterStateMatcher: tests the text of a filter state object; an object that is not there never fits.</summary>
/// <param name="Key">The name of the object.</param>
/// <param name="Value">What its text must be.</param>
public sealed record FilterStateMatcher(string Key, StringMatcher Value)
{
    public bool Matches(FilterState? state) => state?.Get(Key) is { } text && Value.Matches(Encoding.UTF8.GetBytes(text));

    public override string ToString() => $"filter state '{Key}' {Value}";
}
