using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>CookieMatcher: tests the value of a cookie. A cookie that is missing never fits, inverted or not.</summary>
/// <param name="Name">The cookie's name; upper and lower case differ.</param>
/// <param name="Value">What its value must be.</param>
/// <param name="Invert">invert_match.</param>
public sealed record CookieMatcher(string Name, StringMatcher Value, bool Invert = false)
{
    private readonly byte[] bytes = Encoding.UTF8.GetBytes(Name);

    public bool Matches(HeaderMap headers) => Cookies.TryGet(headers, bytes, out var value) && Value.Matches(value) != Invert;

    public override string ToString() => $"{(Invert ? "not: " : "")}cookie '{Name}' {Value}";
}
