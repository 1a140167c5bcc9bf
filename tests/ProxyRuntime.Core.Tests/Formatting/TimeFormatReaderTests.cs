using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What the writer of moments has written is read back as the same moment, as far as its format tells it.</summary>
public class TimeFormatReaderTests
{
    /// <summary>2023-11-14T22:13:20.123456789Z.</summary>
    private const long Moment = 1_700_000_000_123_456_789;

    [Theory]
    [InlineData("", 1_000_000)]
    [InlineData("%Y-%m-%dT%H:%M:%E6SZ", 1_000)]
    [InlineData("%s.%3f", 1_000_000)]
    [InlineData("%s.%9f", 1)]
    [InlineData("%s", 1_000_000_000)]
    [InlineData("%d/%b/%Y:%H:%M:%S %z", 1_000_000_000)]
    [InlineData("%a, %e %B %Y %I:%M:%S %p", 1_000_000_000)]
    [InlineData("%FT%T.%f%Ez", 1)]
    [InlineData("%y%m%d %T", 1_000_000_000)]
    [InlineData("%Y/%j %R", 60_000_000_000)]
    [InlineData("%c %Z", 1_000_000_000)]
    public void Moments_come_back(string format, long step)
    {
        var reader = TimeFormatReader.TryCreate(format, TimeZoneInfo.Utc, isLocal: false, out var error);

        Assert.Null(error);
        foreach (var moment in (long[])[Moment, Moment + (86_400L * 1_000_000_000 * 200), 946_684_800_000_000_000])
        {
            Assert.Equal(moment / step * step, reader!.Read(Written(format, moment)));
        }
    }

    [Theory]
    [InlineData("2023-11-14T22:13:20.123+0200", 1_699_992_800_123_000_000)]
    [InlineData("2023-11-14T22:13:20.5-0130", 1_700_005_400_500_000_000)]
    [InlineData("2023-11-14T22:13:20-0130", 1_700_005_400_000_000_000)]
    public void An_offset_counts(string text, long unixNs) =>
        Assert.Equal(unixNs, TimeFormatReader.TryCreate("", TimeZoneInfo.Utc, isLocal: true, out _)!.Read(text));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("2023-11-14T22:13:20.123")]
    [InlineData("2023-13-14T22:13:20.123Z")]
    [InlineData("2023-02-30T22:13:20.123Z")]
    [InlineData("2023-11-14T25:13:20.123Z")]
    [InlineData("2023-11-14T22:13:20.123Z ")]
    [InlineData("0000-11-14T22:13:20.123Z")]
    [InlineData("9999-12-31T23:59:60.123Z")]
    [InlineData("2262-11-14T22:13:20.123Z")]
    [InlineData("2023-11-14T22:13:2")]
    [InlineData("2023-11-14T22:13:20.Z")]
    public void What_is_no_such_time_is_none(string text) => Assert.Null(TimeFormatReader.TryCreate("", TimeZoneInfo.Utc, isLocal: false, out _)!.Read(text));

    [Theory]
    [InlineData("%Y %U", "a time written with %U cannot be read back")]
    [InlineData("%H:%M:%S", "does not say year, month and day")]
    [InlineData("%m/%d %H:%M:%S", "does not say year, month and day")]
    public void What_cannot_be_read_back_is_told(string format, string problem)
    {
        Assert.Null(TimeFormatReader.TryCreate(format, TimeZoneInfo.Utc, isLocal: false, out var error));
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    private static string Written(string format, long unixNs)
    {
        var output = new ByteBuffer();
        TimeFormat.TryParse(format, TimeZoneInfo.Utc, isLocal: false, out _)!.Write(unixNs, output);
        return Encoding.UTF8.GetString(output.Span);
    }
}
