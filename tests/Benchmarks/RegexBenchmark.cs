using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Benchmarks;

/// <summary>Regular expressions as routes use them: a whole path of thirty bytes, one that differs at its second byte, a rewrite.</summary>
[MemoryDiagnoser]
public class RegexBenchmark
{
    private readonly Re2Regex route = Re2Regex.TryParse("^/api/v[0-9]+/users/[^/]+$", out _)!;
    private readonly Re2Regex unanchored = Re2Regex.TryParse("/api/v[0-9]+/users/[^/]+", out _)!;
    private readonly Re2Regex rewrite = Re2Regex.TryParse("^/re/([^/]+)/([^/]+)", out _)!;
    private readonly Re2Substitution substitution = Re2Substitution.Parse("/\\2/\\1");
    private readonly byte[] path = Encoding.ASCII.GetBytes("/api/v12/users/abcdefghijklmno");
    private readonly byte[] other = Encoding.ASCII.GetBytes("/static/12/users/abcdefghijklm");
    private readonly ArrayBufferWriter<byte> output = new();

    [Benchmark]
    public bool FullMatch() => route.IsFullMatch(path);

    [Benchmark]
    public bool FullMatchWithoutAnchors() => unanchored.IsFullMatch(path);

    [Benchmark]
    public bool NoMatch() => unanchored.IsFullMatch(other);

    [Benchmark]
    public int Replace()
    {
        output.ResetWrittenCount();
        return rewrite.ReplaceAll("/re/abc/def/ghi"u8, substitution, output);
    }

    [Benchmark]
    public Re2Regex? Parse() => Re2Regex.TryParse("^/api/v[0-9]+/users/[^/]+$", out _);
}
