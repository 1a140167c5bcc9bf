using System.Buffers;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Shorthands for tests.</summary>
internal static class Re2
{
    public static Re2Regex Parse(string pattern)
    {
        var regex = Re2Regex.TryParse(pattern, out var error);
        Assert.Null(error);
        return regex!;
    }

    /// <summary>The subject with all matches replaced, and how many were.</summary>
    public static (string Text, int Count) Replace(string pattern, string subject, string substitution)
    {
        var output = new ArrayBufferWriter<byte>();
        var count = Parse(pattern).ReplaceAll(Encoding.UTF8.GetBytes(subject), Re2Substitution.Parse(substitution), output);
        return (Encoding.UTF8.GetString(output.WrittenSpan), count);
    }
}
