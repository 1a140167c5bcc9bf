using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What a simulated host that is healthy answers a check with passes that check.</summary>
public class PassingAnswerTests
{
    public static TheoryData<HttpProbeSnapshot, string> Probes =>
        new()
        {
            { new HttpProbeSnapshot("/"), ":status: 200\n" },
            {
                new HttpProbeSnapshot("/") { ExpectedStatuses = [new StatusRange(300, 310), new StatusRange(150, 201)] },
                ":status: 200\n"
            },
            {
                new HttpProbeSnapshot("/") { ExpectedStatuses = [new StatusRange(204, 300)] },
                ":status: 204\n"
            },
            {
                new HttpProbeSnapshot("/") { ServiceNameMatcher = StringMatcher.Of(StringMatch.Prefix, "sv"), Receive = HealthChecks.Payloads("he", "llo") },
                ":status: 200\nx-envoy-upstream-healthchecked-cluster: sv\n|hello"
            },
        };

    [Theory]
    [MemberData(nameof(Probes))]
    public void Http_is_answered_with_what_is_expected(HttpProbeSnapshot probe, string answer)
    {
        var (head, content, _) = PassingAnswers.Of(probe);
        Assert.Equal(answer, head + (content.IsEmpty ? "" : "|" + Encoding.Latin1.GetString(content.Span)));

        var cluster = new CheckedCluster(HealthChecks.Http(probe));
        cluster.Start();
        cluster.Connect();
        cluster.Headers(head!.StatusCode(), endStream: false, 1, [("x-envoy-upstream-healthchecked-cluster", "sv")]);
        cluster.Data(Encoding.Latin1.GetString(content.Span), endStream: true);
        Assert.Equal("healthy", cluster.Health);
    }

    [Fact]
    public void Bytes_are_answered_with_the_payloads()
    {
        var (head, content, trailers) = PassingAnswers.Of(new TcpProbeSnapshot { Receive = HealthChecks.Payloads("po", "ng") });

        Assert.Equal((null, "pong", null), (head, Encoding.Latin1.GetString(content.Span), trailers));
    }

    [Fact]
    public void A_call_is_answered_with_SERVING()
    {
        var (head, content, trailers) = PassingAnswers.Of(new GrpcProbeSnapshot());

        Assert.Equal(":status: 200\ncontent-type: application/grpc\n", $"{head}");
        Assert.Equal("grpc-status: 0\n", $"{trailers}");
        Assert.Equal("\0\0\0\0\x02\x08\x01", Encoding.Latin1.GetString(content.Span));
    }
}
