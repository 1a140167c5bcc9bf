using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model.Tests;

/// <summary>Lines of access logs are read back by the formats that wrote them.</summary>
public class LogFormatTests
{
    private const string EnvoyLine =
        "[2026-03-02T09:00:01.250Z] \"POST /cart?id=7 HTTP/1.1\" 503 UF,URX 12 91 35 - \"10.0.0.9\" \"curl \\\"quoted\\\" 8\" \"a-b\" \"shop.example:8080\" \"10.4.0.11:8080\"";

    private const string IstioLine =
        "[2026-03-02T09:00:01.250Z] \"GET /a HTTP/2\" 200 - via_upstream - \"-\" 0 100 12 11 \"-\" \"app\" \"r-1\" \"orders:80\" \"10.4.0.11:8080\" outbound|80||orders.default.svc.cluster.local 10.1.0.1:40000 10.96.0.5:80 10.1.0.1:51000 - default";

    private const string JsonLine =
        """{"start_time":"2026-03-02T09:00:01.250Z","method":"GET","path":"/a","authority":"orders","response_code":200,"response_flags":"-","bytes_received":0,"bytes_sent":100,"duration":12,"upstream_service_time":"11","upstream_host":"10.4.0.11:8080","upstream_cluster":"orders","user_agent":null}""";

    /// <summary>2026-03-02T09:00:01.250Z.</summary>
    private const long Moment = 1_772_442_001_250_000_000;

    [Fact]
    public void The_usual_formats_are_known()
    {
        var envoy = Read("envoy", EnvoyLine);
        Assert.Equal((Moment, "POST", "/cart?id=7", "shop.example:8080"), (envoy.StartUnixNs, envoy.Method, envoy.Path, envoy.Host));
        Assert.Equal(
            (503, "UF,URX", 12L, 91L, 35L, null),
            (envoy.Status, envoy.Flags, envoy.BytesReceived, envoy.BytesSent, envoy.DurationMs, envoy.ServiceTimeMs)
        );
        Assert.Equal(("10.4.0.11:8080", ""), (envoy.UpstreamHost, envoy.Cluster));

        var istio = Read("istio", IstioLine);
        Assert.Equal((200, "", 12L, 11L), (istio.Status, istio.Flags, istio.DurationMs, istio.ServiceTimeMs));
        Assert.Equal("outbound|80||orders.default.svc.cluster.local", istio.Cluster);

        var json = Read("istio-json", JsonLine);
        Assert.Equal(
            (Moment, "GET", "/a", "orders", 200, "", 12L, 11L),
            (json.StartUnixNs, json.Method, json.Path, json.Host, json.Status, json.Flags, json.DurationMs, json.ServiceTimeMs)
        );
        Assert.Equal(("10.4.0.11:8080", "orders"), (json.UpstreamHost, json.Cluster));
    }

    [Theory]
    [InlineData("%START_TIME(%s.%3f)% %REQ(:METHOD)% %REQ(HOST)%%PATH(NQ)% %RESPONSE_CODE%%%", "1772442001.250 GET shop/a 200%")]
    [InlineData(
        "%DURATION%|%START_TIME(%d/%b/%Y:%H:%M:%S %z)%|%REQ(x-a):9%|%REQ(:METHOD)%|%REQ(:AUTHORITY)%|%REQ(:PATH)%|%RESPONSE_CODE%",
        "7|02/Mar/2026:09:00:01 +0000|a b|GET|shop|/a|200"
    )]
    [InlineData(
        """{"t": "%START_TIME%", "request": {"m": "%REQ(:METHOD)%", "p": "%REQ(:PATH)%", "h": "%REQ(:AUTHORITY)%"}, "code": "%RESPONSE_CODE%", "x": "a %PROTOCOL%", "n": 3}""",
        """{"code":200,"request":{"h":"shop","m":"GET","p":"/a"},"t":"2026-03-02T09:00:01.250Z","x":"a HTTP/1.1","n":3}"""
    )]
    public void Formats_of_ones_own_are_read_back(string format, string line)
    {
        var request = Read(format, line);

        Assert.InRange(request.StartUnixNs!.Value, Moment - 250_000_000, Moment);
        Assert.Equal(("/a", 200), (request.Path, request.Status));
        Assert.EndsWith("shop", request.Host, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("enovy", "did you mean 'envoy'?")]
    [InlineData("%REQ(:METHOD)%", "the format has no %START_TIME%")]
    [InlineData("%START_TIME% %RESPONSE_COD%", "Not supported field in StreamInfo: RESPONSE_COD; did you mean 'RESPONSE_CODE'?")]
    [InlineData("%START_TIME(%U)%", "a time written with %U cannot be read back")]
    [InlineData("%START_TIME", "Couldn't find valid command at position 0")]
    [InlineData("%START_TIME%\n%PROTOCOL%", "several lines for one request")]
    [InlineData("{\"a\": \"%START_TIME%\"", "the format is not valid JSON")]
    [InlineData("{\"a\": \"%PROTOCOL%\"}", "the format has no %START_TIME%")]
    public void A_format_that_cannot_be_read_back_is_told(string format, string problem)
    {
        Assert.Null(LogFormat.TryCreate(format, out var error));
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("envoy", "started", "it does not have the form of the format")]
    [InlineData("envoy", "[yesterday] \"GET /a HTTP/1.1\" 200 - 0 1 2 2 \"-\" \"-\" \"-\" \"a\" \"b\"", "'yesterday' is no value of %START_TIME%")]
    [InlineData("istio-json", "{", "it is not valid JSON")]
    [InlineData("istio-json", "{}", "it has no 'start_time'")]
    [InlineData("istio-json", "[1]", "it has no 'start_time'")]
    [InlineData("istio-json", """{"start_time":"2026-03-02T09:00:01.250Z","duration":"long"}""", "'long' is no value of %DURATION%")]
    public void A_line_of_another_form_is_told(string format, string line, string problem)
    {
        Assert.Null(LogFormat.TryCreate(format, out _)!.Read(line, out var error));
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    /// <summary>The format is the one that fits; what fits none, and what is no request, is counted with its line.</summary>
    [Fact]
    public void A_log_is_read_with_the_format_that_fits()
    {
        var tcp = IstioLine.Replace("GET /a HTTP/2", "- - -", StringComparison.Ordinal);
        var early = IstioLine.Replace("09:00:01.250Z", "09:00:00.250Z", StringComparison.Ordinal);

        var log = AccessLog.Read($"booting\n{IstioLine}\r\n\n{tcp}\n{early}\n", [.. LogFormat.Usual]);

        Assert.Equal(("istio", 4), (log.Format.Name, log.Lines));
        Assert.Equal([5, 2], log.Requests.Select(static request => request.Line));
        Assert.Equal((1, "it does not have the form of the format"), Assert.Single(log.Unread));
        Assert.Equal([4], log.NotHttp.ToArray());
    }

    /// <summary>Whatever stands in a log: each line is a request or has a problem, and what is made of it runs.</summary>
    [Fact]
    public void No_line_breaks_the_reader()
    {
        string[] lines = [EnvoyLine, IstioLine, JsonLine, JsonLine.Replace("/a", "/\\ud800", StringComparison.Ordinal)];
        var formats = LogFormat.Usual.ToArray();
        var random = new RandomSource(1).Derive("edits");
        var read = 0;
        for (var i = 0; i < 2000; i++)
        {
            var text = Edited(lines[i % lines.Length], random);
            foreach (var format in formats)
            {
                var request = format.Read(text, out var problem);
                Assert.True(request is null != problem is null, text);
            }

            var log = AccessLog.Read(text, formats);
            Assert.Equal(log.Lines, log.Requests.Length + log.Unread.Length + log.NotHttp.Length);
            if (!log.Requests.IsEmpty)
            {
                var files = LogImport.Of(log, null, "edited").Files.ToDictionary(static file => file.Name, static file => file.Text);
                Assert.Empty(ScenarioLoader.Load(files["scenario.yaml"], "scenario.yaml", name => files.GetValueOrDefault(name)).Problems);
                read++;
            }
        }

        Assert.InRange(read, 400, 1600);
    }

    /// <summary>Up to six characters are replaced by others, or taken out.</summary>
    private static string Edited(string text, RandomStream random)
    {
        for (var edits = random.NextModulo(7); edits > 0; edits--)
        {
            var at = (int)random.NextModulo(text.Length);
            var c = random.NextModulo(4) == 0 ? (char)random.NextModulo(0x1_0000) : (char)(' ' + random.NextModulo(95));
            text = text.Remove(at, 1).Insert(at, random.NextModulo(4) == 0 ? "" : c.ToString());
        }

        return text;
    }

    private static LoggedRequest Read(string format, string line)
    {
        var request = LogFormat.TryCreate(format, out var problem)?.Read(line, out problem);
        Assert.Null(problem);
        return request!;
    }
}
