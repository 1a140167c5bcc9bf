using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class TimeFormatTests
{
    /// <summary>Sunday, 2 March 2025, 08:05:09.012340000 UTC.</summary>
    private const long Moment = 1_740_902_709_012_340_000;

    [Theory]
    [InlineData("", "2025-03-02T08:05:09.012Z")]
    [InlineData("%Y/%m/%dT%H:%M:%S%z", "2025/03/02T08:05:09+0000")]
    [InlineData("%s", "1740902709")]
    [InlineData("%s.%3f %s.%6f %s.%9f", "1740902709.012 1740902709.012340 1740902709.012340000")]
    [InlineData("%f|%1f|%*f", "012340000|0|01234")]
    [InlineData("%E3S|%E*S|%E6f|%E*f", "09.012|09.01234|012340|01234")]
    [InlineData("%a %A %b %B %h", "Sun Sunday Mar March Mar")]
    [InlineData("%c", "Sun Mar  2 08:05:09 2025")]
    [InlineData("%C %y %g %G", "20 25 25 2025")]
    [InlineData("%D %x %F %T %X %R", "03/02/25 03/02/25 2025-03-02 08:05:09 08:05:09 08:05")]
    [InlineData("%e|%k|%l|%I %p %P|%r", " 2| 8| 8|08 AM am|08:05:09 AM")]
    [InlineData("%j %u %w %U %V %W", "061 7 0 09 09 08")]
    [InlineData("%Z %z %:z %::z %Ez %E*z %:::z", "UTC +0000 +00:00 +00:00:00 +00:00 +00:00:00 +00")]
    [InlineData("%-d|%_d|%03d|%-H|%_m|%04Y", "2| 2|002|8| 3|2025")]
    [InlineData("%^a %^B %#Z %#p", "SUN MARCH utc am")]
    [InlineData("%Od %Ey %E4Y %ET", "02 25 2025 T")]
    [InlineData("100%% %t.", "100% \t.")]
    [InlineData("%Q %q% %", "%Q %q% %")]
    [InlineData("%%s", "%1740902709")]
    [InlineData("é %H", "é 08")]
    public void Moments_in_utc(string format, string expected) => Assert.Equal(expected, Print(format, Moment, TimeZoneInfo.Utc));

    [Theory]
    [InlineData(1_704_067_199_000_000_000, "%F %j %U %V %W %G %u", "2023-12-31 365 53 52 52 2023 7")]
    [InlineData(1_704_067_200_000_000_000, "%F %j %U %V %W %G %u", "2024-01-01 001 00 01 01 2024 1")]
    [InlineData(1_609_459_200_000_000_000, "%F %U %V %W %G", "2021-01-01 00 53 00 2020")]
    [InlineData(0, "%F %T.%f", "1970-01-01 00:00:00.000000000")]
    [InlineData(0, "%E*S %*f", "00 0")]
    [InlineData(-1, "%F %T.%f %s", "1969-12-31 23:59:59.999999999 -1")]
    [InlineData(1_740_960_000_000_000_000, "%I %l %p", "12 12 AM")]
    [InlineData(1_741_003_200_000_000_000, "%I %l %p", "12 12 PM")]
    public void Turns_of_the_year_and_of_the_day(long unixNs, string format, string expected) =>
        Assert.Equal(expected, Print(format, unixNs, TimeZoneInfo.Utc));

    [Theory]
    [InlineData("", "2025-03-02T02:35:09.012-0530")]
    [InlineData("%z %:z %:::z %F %H", "-0530 -05:30 -05:30 2025-03-02 02")]
    public void Local_time(string format, string expected) =>
        Assert.Equal(expected, Print(format, Moment, TimeZoneInfo.CreateCustomTimeZone("west", TimeSpan.FromMinutes(-330), "west", "west")));

    [Theory]
    [InlineData("%n")]
    [InlineData("a %-5n b")]
    [InlineData("%En")]
    public void A_line_end_would_break_a_header(string format)
    {
        Assert.Null(TimeFormat.TryParse(format, TimeZoneInfo.Utc, isLocal: false, out var error));
        Assert.Equal("Invalid header configuration. Format string contains newline.", error);
    }

    [Fact]
    public void Widths_are_bounded() => Assert.Equal(256, Print("%99999999999d", Moment, TimeZoneInfo.Utc).Length);

    private static string Print(string format, long unixNs, TimeZoneInfo zone)
    {
        var output = new ByteBuffer();
        TimeFormat.TryParse(format, zone, isLocal: !zone.Equals(TimeZoneInfo.Utc), out _)!.Write(unixNs, output);
        return Encoding.UTF8.GetString(output.Span);
    }
}
