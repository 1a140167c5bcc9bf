using System.Buffers;
using System.Diagnostics;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What matching takes: no memory, time linear in the subject, and no lock.</summary>
public class Re2RunTests
{
    [Theory]
    [InlineData("^/api/v[0-9]+/users/[^/]+$", 0)]
    [InlineData("^/api/v[0-9]+/users/[^/]+$", 2_000)]
    [InlineData("(?i)v[0-9]|.*\\bé", 0)]
    [InlineData("(?i)v[0-9]|.*\\bé", 70_000)]
    public void Matching_and_replacing_allocate_nothing_in_steady_state(string pattern, int more)
    {
        var regex = Re2.Parse(pattern);
        var substitution = Re2Substitution.Parse("<\\0>");
        var subject = Encoding.UTF8.GetBytes("/api/v12/users/abcdefghijklmno" + new string('x', more));
        var output = new ArrayBufferWriter<byte>(200_000);
        var found = Run(20);

        var allocated = Allocation.Of(() => found += Run(20));

        Assert.Equal(0, allocated);
        Assert.True(found > 0);

        int Run(int times)
        {
            var count = 0;
            for (var i = 0; i < times; i++)
            {
                output.ResetWrittenCount();
                count += (regex.IsFullMatch(subject) ? 1 : 0) + (regex.IsPartialMatch(subject) ? 1 : 0) + regex.ReplaceAll(subject, substitution, output);
            }

            return count;
        }
    }

    /// <summary>Each takes hours if the subject is gone through again for every place in it, or every way to match is tried; so a minute is no matter of luck.</summary>
    [Theory]
    [InlineData("(a*)*c", 0)]
    [InlineData("(a|aa)+$", 1)]
    [InlineData("(a+a+)+c", 0)]
    [InlineData("a.*c|a", 2_000_000)]
    [InlineData("(a.*?b.*?c)|(a)", 2_000_000)]
    [InlineData("(?:a?){20}a{20}c", 0)]
    [InlineData("(.*)(.*)(.*)(.*)(.*)c", 0)]
    public void Time_is_linear_in_the_subject(string pattern, int count)
    {
        var started = Stopwatch.GetTimestamp();
        var regex = Re2.Parse(pattern);
        var subject = Encoding.ASCII.GetBytes(new string('a', 2_000_000));

        Assert.Equal(count, regex.ReplaceAll(subject, Re2Substitution.Parse("\\0"), new ArrayBufferWriter<byte>(2_000_100)));
        Assert.Equal(count == 1, regex.IsFullMatch(subject));
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1));
    }

    /// <summary>More states than are kept: tables are left and begun anew all the time, and the verdict is the same.</summary>
    [Fact]
    public void An_automaton_of_many_states_stays_within_its_memory()
    {
        var regex = Re2.Parse("(?:a|b)*a(?:a|b){40}");
        var random = new RandomSource(7).Derive("subject");
        var subject = new byte[20_000];
        foreach (ref var letter in subject.AsSpan())
        {
            letter = (byte)('a' + random.NextModulo(2));
        }

        for (var end = 19_980; end < subject.Length; end++)
        {
            Assert.Equal(subject[end - 41] == 'a', regex.IsFullMatch(subject.AsSpan(0, end)));
        }
    }

    [Fact]
    public async Task Several_threads_may_share_an_expression()
    {
        for (var round = 0; round < 50; round++)
        {
            var regex = Re2.Parse("(?:a|b)*a(?:a|b){8}(?i:x?)");
            var tasks = Enumerable.Range(0, 8).Select(worker => Task.Run(() => CountWrong(regex, worker)));

            Assert.All(await Task.WhenAll(tasks), static wrong => Assert.Equal(0, wrong));
        }
    }

    private static int CountWrong(Re2Regex regex, int worker)
    {
        var random = new RandomSource((ulong)worker).Derive("subject");
        var output = new ArrayBufferWriter<byte>();
        var subject = new byte[60];
        var wrong = 0;
        for (var i = 0; i < 100; i++)
        {
            foreach (ref var letter in subject.AsSpan())
            {
                letter = (byte)('a' + random.NextModulo(2));
            }

            output.ResetWrittenCount();
            var matches = subject[^9] == 'a';
            var found = subject.AsSpan(0, 52).Contains((byte)'a');
            wrong += regex.IsFullMatch(subject) == matches ? 0 : 1;
            wrong += regex.IsPartialMatch(subject) == found ? 0 : 1;
            wrong += regex.ReplaceAll(subject, Re2Substitution.Parse("\\0"), output) == (found ? 1 : 0) ? 0 : 1;
            wrong += output.WrittenSpan.SequenceEqual(subject) ? 0 : 1;
        }

        return wrong;
    }
}
