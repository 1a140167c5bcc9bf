using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>QueryParameterMatcher: tests the first value of a query parameter, as it stands in the request (not percent-decoded).</summary>
/// <param name="Name">The parameter's name; upper and lower case differ.</param>
/// <param name="Value">What its value must be; null to test for presence only.</param>
/// <param name="Present">present_match; true where nothing is given.</param>
public sealed record QueryParameterMatcher(string Name, StringMatcher? Value, bool Present = true)
{
    private readonly byte[] bytes = Encoding.UTF8.GetBytes(Name);

    /// <param name="query">The query without its question mark.</param>
    public bool Matches(ReadOnlySpan<byte> query)
    {
        var found = QueryString.TryGet(query, bytes, out var value);
        return Value is null ? found == Present : found && Value.Matches(value);
    }

    /// <summary>As <see cref="Matches"/>, with names and values percent-decoded.</summary>
    internal bool MatchesDecoded(ReadOnlySpan<byte> query, ByteBuffer scratch)
    {
        var found = QueryString.TryGetDecoded(query, bytes, scratch, out var value);
        return Value is null ? found == Present : found && Value.Matches(value);
    }

    public override string ToString() =>
        Value is null ? $"query parameter '{Name}' is {(Present ? "present" : "absent")}" : $"query parameter '{Name}' {Value}";
}
