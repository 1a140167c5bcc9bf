using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model.Tests;

public class ZipfSamplerTests
{
    /// <summary>Weights 1, 1/2, 1/3, 1/4 of 25/12; each count within its 99.9 % interval.</summary>
    [Fact]
    public void Keys_come_with_their_weights()
    {
        const int draws = 100_000;
        const double normal999 = 3.29;
        var sampler = new ZipfSampler(4, 1);
        var random = new RandomSource(17).Derive("zipf");

        var counts = new int[4];
        for (var i = 0; i < draws; i++)
        {
            counts[sampler.Draw(random)]++;
        }

        for (var key = 0; key < counts.Length; key++)
        {
            var share = 12.0 / 25 / (key + 1);
            Assert.InRange(
                counts[key] - (draws * share),
                -normal999 * Math.Sqrt(draws * share * (1 - share)),
                normal999 * Math.Sqrt(draws * share * (1 - share))
            );
        }
    }

    [Fact]
    public void Without_an_exponent_all_keys_are_alike_and_one_key_is_always_itself()
    {
        var random = new RandomSource(17).Derive("zipf");
        var alike = new ZipfSampler(2, 0);

        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => alike.Draw(random) == 0), 4_835, 5_165);
        Assert.Equal(0, new ZipfSampler(1, 3).Draw(random));
    }
}
