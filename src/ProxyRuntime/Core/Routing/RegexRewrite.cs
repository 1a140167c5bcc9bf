using System.Buffers;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>RegexMatchAndSubstitute: every match of a regular expression is replaced.</summary>
public sealed record RegexRewrite(Re2Regex Pattern, Re2Substitution Substitution)
{
    public void Apply(ReadOnlySpan<byte> subject, IBufferWriter<byte> output) => _ = Pattern.ReplaceAll(subject, Substitution, output);
}
