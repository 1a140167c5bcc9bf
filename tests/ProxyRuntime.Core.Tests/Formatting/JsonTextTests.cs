using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class JsonTextTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(200, "200")]
    [InlineData(10_000, "10000")]
    [InlineData(100_000, "1e+05")]
    [InlineData(123_456, "123456")]
    [InlineData(1_200_000, "1200000")]
    [InlineData(12_000_000, "1.2e+07")]
    [InlineData(1_700_000_000_124, "1700000000124")]
    [InlineData(-42, "-42")]
    [InlineData(-300_000, "-3e+05")]
    [InlineData(0.5, "0.5")]
    [InlineData(1.5, "1.5")]
    [InlineData(100.25, "100.25")]
    [InlineData(0.001, "0.001")]
    [InlineData(0.0001, "1e-04")]
    [InlineData(0.00012, "0.00012")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1e100, "1e+100")]
    [InlineData(1.7976931348623157E+308, "1.7976931348623157e+308")]
    [InlineData(5E-324, "5e-324")]
    [InlineData(12345678901234567890.0, "12345678901234567168")]
    [InlineData(double.NaN, "null")]
    [InlineData(double.PositiveInfinity, "null")]
    public void Numbers_are_written_as_short_as_can_be(double number, string expected) => Assert.Equal(expected, Number(number));

    [Fact]
    public void Every_number_reads_back_the_same() =>
        Gen.Double.Where(double.IsFinite).Sample(static number => double.Parse(Number(number), CultureInfo.InvariantCulture).Equals(number));

    [Fact]
    public void Every_whole_number_reads_back_the_same() =>
        Gen.Long[-9007199254740992, 9007199254740992]
            .Sample(static number => double.Parse(Number(number), CultureInfo.InvariantCulture).Equals((double)number));

    [Fact]
    public void Every_text_reads_back_the_same() =>
        Gen
            .String.Where(static text => !text.Any(char.IsSurrogate))
            .Sample(static text =>
            {
                var output = new ByteBuffer();
                JsonText.Append(output, text);
                return JsonSerializer.Deserialize<string>(output.Span) == text;
            });

    [Fact]
    public void Bytes_that_are_no_utf8_read_back_as_latin1() =>
        Gen
            .Byte.Array.Where(static bytes => !System.Text.Unicode.Utf8.IsValid(bytes))
            .Sample(static bytes =>
            {
                var output = new ByteBuffer();
                output.Append((byte)'"');
                output.Append(bytes);
                JsonText.Escape(output, 1);
                output.Append((byte)'"');
                return JsonSerializer.Deserialize<string>(output.Span) == Encoding.Latin1.GetString(bytes);
            });

    [Fact]
    public void Control_characters_have_their_short_forms()
    {
        var output = new ByteBuffer();
        JsonText.Append(output, "\b\t\n\f\r\u0001\u007f\"\\/é");

        Assert.Equal("\"\\b\\t\\n\\f\\r\\u0001\u007f\\\"\\\\/é\"", Encoding.UTF8.GetString(output.Span));
    }

    private static string Number(double number)
    {
        var output = new ByteBuffer();
        JsonText.AppendNumber(output, number);
        return Encoding.UTF8.GetString(output.Span);
    }
}
