using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>
/// Any bytes, cut anywhere: the readers of HTTP/1.1 find the same, throw nothing, go on, and keep no more than their limits say. A longer run:
/// <c>MESHSIM_FUZZ_MINUTES=10 dotnet test tests/ProxyRuntime.Core.Tests --filter CodecFuzzTests</c>; what it finds to be new is written to
/// the folder MESHSIM_FUZZ_CORPUS names.
/// </summary>
public class CodecFuzzTests
{
    private const int Steps = 5_000;

    private static readonly string[] Requests =
    [
        "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
        "POST /x?y HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5;e=1\r\nhello\r\n0\r\nx-t: 1\r\n\r\n",
        "GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\n\r\nbytes",
        "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nframes",
        "\r\nGET http://b/c HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\nX_Y: 1\r\n\r\n",
    ];

    private static readonly string[] Responses =
    [
        "\0HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        "\0HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx: 1\r\n\r\n",
        "\0HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nuntil the end",
        "\u0001HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n",
        "\u0002HTTP/1.1 200 OK\r\n\r\nbytes",
        "\u0003HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nframes",
        "\0HTTP/1.0 204 No Content\r\n\r\nHTTP/1.1 408 Request Timeout\r\n\r\n",
    ];

    [Fact]
    public void Requests_read_the_same_however_they_are_cut() => Run(CodecFuzzer.OfRequests(20261130, Corpus("requests", Requests)), "requests");

    [Fact]
    public void Responses_read_the_same_however_they_are_cut() => Run(CodecFuzzer.OfResponses(20261130, Corpus("responses", Responses)), "responses");

    private static void Run(CodecFuzzer fuzzer, string name)
    {
        var known = fuzzer.Corpus.Count;
        var minutes = double.Parse(Environment.GetEnvironmentVariable("MESHSIM_FUZZ_MINUTES") ?? "0", CultureInfo.InvariantCulture);
        var watch = Stopwatch.StartNew();
        var steps = 0L;
        for (; steps < Steps || watch.Elapsed.TotalMinutes < minutes; steps++)
        {
            fuzzer.Step();
        }

        if (Environment.GetEnvironmentVariable("MESHSIM_FUZZ_CORPUS") is { Length: > 0 } folder)
        {
            var lines = fuzzer.Corpus.Skip(known).Where(static bytes => bytes.Length < 400).Select(Convert.ToBase64String);
            _ = Directory.CreateDirectory(folder);
            File.AppendAllLines(Path.Combine(folder, $"{name}.base64"), lines);
            File.AppendAllText(Path.Combine(folder, "runs"), $"{name}: {steps} streams in {watch.Elapsed}, {fuzzer.Corpus.Count - known} of a new shape\n");
        }
    }

    private static IEnumerable<byte[]> Corpus(string name, string[] seeds)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Codec", "Fuzzing", $"{name}.base64");
        return seeds.Select(Encoding.Latin1.GetBytes).Concat(File.Exists(file) ? File.ReadLines(file).Select(Convert.FromBase64String) : []);
    }
}
