namespace MeshSim.ProxyRuntime.Core;

/// <summary>DNS names of certificates.</summary>
internal static class DnsNames
{
    /// <summary>True if a certificate's name is this one: letters in either case, and <c>*</c> in its leftmost label for a part of one label.</summary>
    public static bool Match(string name, string pattern)
    {
        if (name.Equals(pattern, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var dot = pattern.IndexOf('.', StringComparison.Ordinal);
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        var nameDot = name.IndexOf('.', StringComparison.Ordinal);
        if (star < 0 || dot < 0 || star > dot || nameDot < 0 || pattern.LastIndexOf('*') != star || name.StartsWith("xn--", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var before = pattern.AsSpan(0, star);
        var after = pattern.AsSpan(star + 1, dot - star - 1);
        var label = name.AsSpan(0, nameDot);
        return name.AsSpan(nameDot).Equals(pattern.AsSpan(dot), StringComparison.OrdinalIgnoreCase)
            && label.Length >= before.Length + after.Length
            && label.Length > 0
            && label.StartsWith(before, StringComparison.OrdinalIgnoreCase)
            && label.EndsWith(after, StringComparison.OrdinalIgnoreCase);
    }
}
