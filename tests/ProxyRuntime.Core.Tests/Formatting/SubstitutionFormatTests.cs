using System.Buffers;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class SubstitutionFormatTests
{
    [Theory]
    [InlineData("%REQ(:METHOD)% %REQ(X-NONE?:PATH):3%", "GET /lo")]
    [InlineData("%RESPONSE_CODE% %RESPONSE_FLAGS% 100%%", "0 - 100%")]
    [InlineData("%START_TIME% %START_TIME(%Y/%m/%d %H:%M:%S.%3f %s)%", "2023-11-14T22:13:20.124Z 2023/11/14 22:13:20.124 1700000000")]
    [InlineData("%UPSTREAM_HOST% %UPSTREAM_CLUSTER% %PROTOCOL%", "- - HTTP/1.1")]
    [InlineData("%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_LOCAL_PORT%", "192.0.2.7:40001 15001")]
    public void Operators_print_what_is_known(string format, string expected) => Assert.Equal(expected, Print(format));

    [Theory]
    [InlineData("50%", "Incorrect configuration: 50%. Couldn't find valid command at position 2")]
    [InlineData("%NOPE%", "Not supported field in StreamInfo: NOPE")]
    [InlineData("%REQ(A?B?C)%", "More than 1 alternative header specified in token: A?B?C")]
    public void Mistakes_are_named(string format, string error)
    {
        Assert.Null(SubstitutionFormat.TryParse(format, out var said));
        Assert.Equal(error, said);
    }

    [Fact]
    public void The_default_format_compiles() => Assert.NotNull(SubstitutionFormat.TryParse(SubstitutionFormat.DefaultText, out _));

    private static string Print(string format)
    {
        var head = new HeaderMap();
        head.Add(":method", "GET");
        head.Add(":path", "/long/path");
        var info = new StreamInfo();
        info.Begin(
            new StreamId(new ConnectionId(1), 0),
            new ConnectionInfo("main", Snapshots.Client, Snapshots.Listener),
            Snapshots.Manager([]),
            new MonotonicTime(1_000_003),
            1_700_000_000_124_456_789,
            head
        );
        var output = new ArrayBufferWriter<byte>();
        SubstitutionFormat.TryParse(format, out _)!.Write(info, output);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
