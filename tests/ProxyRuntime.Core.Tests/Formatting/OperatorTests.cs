using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Each operator, where there is a value and where there is none.</summary>
public class OperatorTests
{
    [Theory]
    // The request.
    [InlineData("PROTOCOL", "HTTP/1.1")]
    [InlineData("PATH", "/long/path?a=1&b=%20x&b=2&empty")]
    [InlineData("PATH(NQ)", "/long/path")]
    [InlineData("PATH(NQ:PATH):5", "/long")]
    [InlineData("PATH(WQ:ORIG)", "-")]
    [InlineData("QUERY_PARAM(a)", "1")]
    [InlineData("QUERY_PARAM(b)", " x")]
    [InlineData("QUERY_PARAM(b):1", " ")]
    [InlineData("QUERY_PARAM(empty)", "")]
    [InlineData("QUERY_PARAM(none)", "-")]
    [InlineData("QUERY_PARAMS", "a=1&b=%20x&b=2&empty")]
    [InlineData("QUERY_PARAMS(DECODED):9", "a=1&b= x&")]
    [InlineData("STREAM_ID", "id-1")]
    [InlineData("REQUEST_HEADERS_BYTES", "114")]
    [InlineData("REQUESTED_SERVER_NAME", "-")]
    [InlineData("REQUESTED_SERVER_NAME(SNI_FIRST:HOST)", "svc.local")]
    // The answer.
    [InlineData("RESPONSE_CODE", "200")]
    [InlineData("RESPONSE_CODE_DETAILS", "via_upstream")]
    [InlineData("RESPONSE_FLAGS", "-")]
    [InlineData("RESP(X-UP)", "u")]
    [InlineData("RESPONSE_HEADERS_BYTES", "15")]
    [InlineData("TRAILER(x)", "-")]
    [InlineData("RESPONSE_TRAILERS_BYTES", "0")]
    [InlineData("BYTES_RECEIVED", "5")]
    [InlineData("BYTES_SENT", "100000")]
    [InlineData("GRPC_STATUS", "-")]
    [InlineData("ACCESS_LOG_TYPE", "DownstreamEnd")]
    [InlineData("LOCAL_REPLY_BODY", "")]
    // Durations.
    [InlineData("DURATION", "14")]
    [InlineData("REQUEST_DURATION", "2")]
    [InlineData("REQUEST_TX_DURATION", "8")]
    [InlineData("RESPONSE_DURATION", "9")]
    [InlineData("RESPONSE_TX_DURATION", "4")]
    [InlineData("UPSTREAM_CONNECTION_POOL_READY_DURATION", "3")]
    [InlineData("COMMON_DURATION(DS_CX_BEG:DS_RX_BEG:ns)", "1000001")]
    [InlineData("COMMON_DURATION(DS_RX_BEG:DS_RX_HDR_END:us)", "1000")]
    [InlineData("COMMON_DURATION(DS_RX_END:US_CX_BEG)", "2")]
    [InlineData("COMMON_DURATION(US_CX_BEG:US_CX_END:ns)", "1000001")]
    [InlineData("COMMON_DURATION(US_TX_BEG:US_TX_END:ms)", "1")]
    [InlineData("COMMON_DURATION(US_RX_BEG:US_RX_BODY_BEG:ns)", "1000001")]
    [InlineData("COMMON_DURATION(US_RX_BODY_BEG:US_RX_END:ns)", "1000001")]
    [InlineData("COMMON_DURATION(DS_TX_BEG:DS_TX_END:ns)", "1000001")]
    [InlineData("COMMON_DURATION(DS_TX_END:DS_TX_BEG:ns)", "-")]
    [InlineData("COMMON_DURATION(DS_RX_BEG:US_HS_END)", "-")]
    [InlineData("COMMON_DURATION(DS_RX_BEG:somebody_else)", "-")]
    [InlineData("DOWNSTREAM_HANDSHAKE_DURATION", "-")]
    [InlineData("ROUNDTRIP_DURATION", "-")]
    [InlineData("DOWNSTREAM_CX_RTT", "-")]
    [InlineData("EMIT_TIME", "2023-11-14T22:13:20.138Z")]
    [InlineData("START_TIME(%s.%3f)", "1700000000.124")]
    // Addresses.
    [InlineData("DOWNSTREAM_REMOTE_ADDRESS", "192.0.2.7:40001")]
    [InlineData("DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", "192.0.2.7")]
    [InlineData("DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(24)", "192.0.2.0/24")]
    [InlineData("DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(32)", "192.0.2.7/32")]
    [InlineData("DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(0)", "0.0.0.0/0")]
    [InlineData("DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(33)", "-")]
    [InlineData("DOWNSTREAM_REMOTE_PORT", "40001")]
    [InlineData("DOWNSTREAM_DIRECT_REMOTE_ADDRESS", "192.0.2.7:40001")]
    [InlineData("DOWNSTREAM_LOCAL_ADDRESS", "127.0.0.1:15001")]
    [InlineData("DOWNSTREAM_DIRECT_LOCAL_PORT", "15001")]
    [InlineData("DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID", "")]
    [InlineData("UPSTREAM_LOCAL_ADDRESS", "10.9.0.2:41000")]
    [InlineData("UPSTREAM_LOCAL_PORT", "41000")]
    [InlineData("UPSTREAM_REMOTE_ADDRESS", "10.0.0.1:80")]
    [InlineData("UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", "10.0.0.1")]
    [InlineData("UPSTREAM_REMOTE_PORT", "80")]
    // The host.
    [InlineData("UPSTREAM_HOST", "10.0.0.1:80")]
    [InlineData("UPSTREAM_HOST_NAME", "one.example:80")]
    [InlineData("UPSTREAM_HOST_NAME_WITHOUT_PORT", "one.example")]
    [InlineData("UPSTREAM_HOSTS_ATTEMPTED", "10.0.0.1:80")]
    [InlineData("UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT", "10.0.0.1")]
    [InlineData("UPSTREAM_HOST_NAMES_ATTEMPTED", "one.example:80")]
    [InlineData("UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT", "one.example")]
    [InlineData("UPSTREAM_CONNECTION_ID", "9")]
    [InlineData("UPSTREAM_CONNECTION_IDS_ATTEMPTED", "9")]
    [InlineData("UPSTREAM_CLUSTER", "alt")]
    [InlineData("UPSTREAM_CLUSTER_RAW", "svc")]
    [InlineData("UPSTREAM_PROTOCOL", "HTTP/1.1")]
    [InlineData("UPSTREAM_REQUEST_ATTEMPT_COUNT", "1")]
    [InlineData("UPSTREAM_TRANSPORT_FAILURE_REASON", "-")]
    [InlineData("UPSTREAM_DETECTED_CLOSE_TYPE", "Normal")]
    // Names and numbers.
    [InlineData("ROUTE_NAME", "the-route")]
    [InlineData("VIRTUAL_CLUSTER_NAME", "-")]
    [InlineData("LISTENER_NAME", "main")]
    [InlineData("FILTER_CHAIN_NAME", "-")]
    [InlineData("CONNECTION_ID", "5")]
    [InlineData("HOSTNAME", "-")]
    [InlineData("ENVIRONMENT(HOME)", "-")]
    [InlineData("UNIQUE_ID", "-")]
    [InlineData("TRACE_ID", "-")]
    [InlineData("CUSTOM_FLAGS", "")]
    [InlineData("CONNECTION_TERMINATION_DETAILS", "-")]
    [InlineData("BYTES_RETRANSMITTED", "0")]
    [InlineData("ROUTE_RESOLUTION_TIME_US", "0")]
    // Metadata.
    [InlineData("METADATA(ROUTE:ns:key)", "v")]
    [InlineData("METADATA(ROUTE:ns:key):0", "")]
    [InlineData("METADATA(ROUTE:ns:obj)", "{\"a\":1,\"b\":true}")]
    [InlineData("METADATA(ROUTE:ns:obj):6", "{\"a\":1")]
    [InlineData("METADATA(ROUTE:ns:obj:b)", "true")]
    [InlineData("METADATA(ROUTE:ns:list)", "[1,\"two\",null]")]
    [InlineData("METADATA(ROUTE:ns:n)", "1.5")]
    [InlineData("METADATA(ROUTE:ns:q)", "a\"b")]
    [InlineData("METADATA(ROUTE:ns:none)", "-")]
    [InlineData("METADATA(ROUTE:ns:key:deeper)", "-")]
    [InlineData("METADATA(ROUTE:other)", "-")]
    [InlineData("METADATA(CLUSTER:ns:k)", "cv")]
    [InlineData("CLUSTER_METADATA(ns)", "{\"k\":\"cv\"}")]
    [InlineData("METADATA(UPSTREAM_HOST:envoy.lb:version)", "v7")]
    [InlineData("UPSTREAM_METADATA(envoy.lb:version):1", "v")]
    [InlineData("METADATA(VIRTUAL_HOST:ns)", "-")]
    [InlineData("METADATA(LISTENER:ns)", "-")]
    [InlineData("DYNAMIC_METADATA(ns:key)", "-")]
    [InlineData("FILTER_STATE(key)", "-")]
    [InlineData("UPSTREAM_FILTER_STATE(key)", "-")]
    public void An_answered_request_prints(string name, string expected) => Assert.Equal(expected, FormattedStream.Answered().Print($"%{name}%"));

    [Theory]
    [InlineData("RESPONSE_CODE", "0")]
    [InlineData("RESPONSE_CODE_DETAILS", "-")]
    [InlineData("RESP(x-up)", "-")]
    [InlineData("RESPONSE_HEADERS_BYTES", "0")]
    [InlineData("DURATION", "0")]
    [InlineData("REQUEST_DURATION", "-")]
    [InlineData("RESPONSE_TX_DURATION", "-")]
    [InlineData("UPSTREAM_CONNECTION_POOL_READY_DURATION", "-")]
    [InlineData("COMMON_DURATION(DS_RX_BEG:DS_RX_BEG)", "0")]
    [InlineData("UPSTREAM_HOST", "-")]
    [InlineData("UPSTREAM_HOST_NAME", "-")]
    [InlineData("UPSTREAM_HOSTS_ATTEMPTED", "-")]
    [InlineData("UPSTREAM_CONNECTION_IDS_ATTEMPTED", "-")]
    [InlineData("UPSTREAM_CONNECTION_ID", "0")]
    [InlineData("UPSTREAM_CLUSTER", "-")]
    [InlineData("UPSTREAM_PROTOCOL", "-")]
    [InlineData("UPSTREAM_REMOTE_PORT", "-")]
    [InlineData("UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(8)", "-")]
    [InlineData("UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID", "-")]
    [InlineData("UPSTREAM_REQUEST_ATTEMPT_COUNT", "0")]
    [InlineData("UPSTREAM_DETECTED_CLOSE_TYPE", "-")]
    [InlineData("UPSTREAM_WIRE_BYTES_SENT", "0")]
    [InlineData("ROUTE_NAME", "-")]
    [InlineData("ACCESS_LOG_TYPE", "NotSet")]
    public void A_request_that_was_not_forwarded_prints(string name, string expected) => Assert.Equal(expected, FormattedStream.New().Print($"%{name}%"));

    [Fact]
    public void Flags_are_printed_in_the_order_they_were_set()
    {
        var info = FormattedStream.New();
        info.SetFlag(ResponseFlag.UpstreamRetryLimitExceeded);
        info.SetFlag(ResponseFlag.UpstreamConnectionFailure);

        Assert.Equal("URX,UF UpstreamRetryLimitExceeded,UpstreamConnectionFailure", info.Print("%RESPONSE_FLAGS% %RESPONSE_FLAGS_LONG%"));
    }

    [Fact]
    public void Blanks_in_details_become_underscores_unless_they_are_allowed()
    {
        var info = FormattedStream.New();
        info.ResponseCodeDetails = "a b\tc";
        info.Follow(new UpstreamInfo { Host = new HostState(new HostSnapshot { Address = Snapshots.Client }) });
        info.Upstream.TransportFailureReason = "delayed connect error: Connection refused";

        Assert.Equal(
            "a_b_c|a b\tc|delayed_connect_error:_Connection_refused",
            info.Print("%RESPONSE_CODE_DETAILS%|%RESPONSE_CODE_DETAILS(ALLOW_WHITESPACES)%|%UPSTREAM_TRANSPORT_FAILURE_REASON%")
        );
    }

    [Theory]
    [InlineData("2001:db8:1234:5678:9abc:def0:1234:5678", 64, "2001:db8:1234:5678::/64")]
    [InlineData("2001:db8:1234:5678::1", 128, "2001:db8:1234:5678::1/128")]
    [InlineData("2001:db8::1:0:0:1", 128, "2001:db8::1:0:0:1/128")]
    [InlineData("2001:0:0:1::1", 128, "2001:0:0:1::1/128")]
    [InlineData("fe80::1", 7, "fe00::/7")]
    [InlineData("fe80::1", 0, "::/0")]
    [InlineData("1:0:2:0:3:0:4:5", 128, "1:0:2:0:3:0:4:5/128")]
    public void Masked_addresses_of_version_six(string ip, int bits, string expected)
    {
        var info = FormattedStream.New();
        info.RemoteAddress = new NetworkAddress(ip, 1);

        Assert.Equal(expected, info.Print($"%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT({bits})%"));
    }

    [Theory]
    [InlineData("3", null, "InvalidArgument INVALID_ARGUMENT 3 3")]
    [InlineData("1", null, "Canceled CANCELLED 1 1")]
    [InlineData("99", null, "99 99 99 99")]
    [InlineData("x", null, "-1 -1 -1 -1")]
    [InlineData("0", "14", "OK OK 0 0")]
    [InlineData(null, "14", "Unavailable UNAVAILABLE 14 14")]
    [InlineData(null, null, "Unimplemented UNIMPLEMENTED 12 12")]
    public void Grpc_status_comes_from_trailers_then_headers_then_the_http_status(string? trailer, string? header, string expected)
    {
        var info = FormattedStream.New();
        info.RequestHeaders.Add("content-type", "application/grpc");
        info.ResponseCode = 404;
        info.ResponseHeaders = new HeaderMap();
        if (header is not null)
        {
            info.ResponseHeaders.Add("grpc-status", header);
        }

        if (trailer is not null)
        {
            info.ResponseTrailers = new HeaderMap();
            info.ResponseTrailers.Add("grpc-status", trailer);
        }

        Assert.Equal(expected, info.Print("%GRPC_STATUS% %GRPC_STATUS(SNAKE_STRING)% %GRPC_STATUS(NUMBER)% %GRPC_STATUS_NUMBER%"));
    }

    [Fact]
    public void Dynamic_metadata_and_filter_state()
    {
        var info = FormattedStream.New();
        info.DynamicMetadata.Merge("com.test", MetadataJson.Parse("""{"key":"foo","object":{"inner":"bar"}}"""u8.ToArray()));
        info.FilterState.Set("state", "a \"quoted\" text");

        Assert.Equal(
            "foo|fo|{\"inner\":\"bar\"}|bar|foo",
            info.Print(
                "%DYNAMIC_METADATA(com.test:key)%|%DYNAMIC_METADATA(com.test:key):2%|%DYNAMIC_METADATA(com.test:object)%|"
                    + "%DYNAMIC_METADATA(com.test:object:inner)%|%METADATA(DYNAMIC:com.test:key)%"
            )
        );
        Assert.Equal(
            "a \"quoted\" text|a \"q|\"a \\\"quoted\\\" text\"|-",
            info.Print("%FILTER_STATE(state:PLAIN)%|%FILTER_STATE(state:PLAIN):4%|%FILTER_STATE(state)%|%FILTER_STATE(state:FIELD:x)%")
        );
    }

    [Fact]
    public void Host_name_environment_and_local_time_are_those_of_the_machine_when_the_format_was_compiled()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("half", TimeSpan.FromMinutes(330), "half", "half");
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["POD"] = "pod-1", ["EMPTY"] = "" };
        var options = new FormatOptions { Environment = new FormatEnvironment("host-1", variables, zone) };

        Assert.Equal(
            "host-1 pod-1 pod [] - 2023-11-15T03:43:20.124+0530 03:43",
            FormattedStream
                .New()
                .Print(
                    "%HOSTNAME% %ENVIRONMENT(POD)% %ENVIRONMENT(POD):3% [%ENVIRONMENT(EMPTY)%] %ENVIRONMENT(NO)% %START_TIME_LOCAL% %EMIT_TIME_LOCAL(%H:%M)%",
                    options
                )
        );
    }

    [Theory]
    [InlineData("example.com", "SNI_ONLY", "example.com")]
    [InlineData("example.com", "HOST_FIRST", "orig.example")]
    [InlineData("example.com", "SNI_FIRST:ORIG", "example.com")]
    [InlineData("", "SNI_FIRST:ORIG", "orig.example")]
    [InlineData("", "HOST_FIRST:HOST", "svc.local")]
    [InlineData("bad name\n", "SNI_ONLY", "invalid:bad_name_")]
    public void Requested_server_names(string handshake, string option, string expected)
    {
        var info = FormattedStream.New();
        info.Connection = info.Connection with { RequestedServerName = handshake };
        info.RequestHeaders.Add("x-envoy-original-host", "orig.example:443");

        Assert.Equal(expected, info.Print($"%REQUESTED_SERVER_NAME({option})%"));
    }

    [Fact]
    public void Tls_facts_of_both_sides()
    {
        var info = FormattedStream.Answered();
        info.Connection = info.Connection with
        {
            Tls = new TlsInfo
            {
                Version = "TLSv1.3",
                Peer = new CertificateInfo
                {
                    Subject = "CN=client",
                    UriSans = ["spiffe://a", "spiffe://b"],
                    ValidToUnixNs = 1_800_000_000_000_000_000,
                },
                Local = new CertificateInfo { Subject = "CN=proxy" },
            },
        };
        info.Upstream.Tls = new TlsInfo { Version = "TLSv1.2", ServerName = "up.example" };

        Assert.Equal(
            "TLSv1.3 - CN=client CN=proxy spiffe://a,spiffe://b - 2027 2027-01-15T08:00:00.000Z TLSv1.2 up.example -",
            info.Print(
                "%DOWNSTREAM_TLS_VERSION% %DOWNSTREAM_TLS_CIPHER% %DOWNSTREAM_PEER_SUBJECT% %DOWNSTREAM_LOCAL_SUBJECT% %DOWNSTREAM_PEER_URI_SAN% "
                    + "%DOWNSTREAM_PEER_DNS_SAN% %DOWNSTREAM_PEER_CERT_V_END(%Y)% %DOWNSTREAM_PEER_CERT_V_END% %UPSTREAM_TLS_VERSION% "
                    + "%UPSTREAM_SERVER_NAME% %UPSTREAM_PEER_CERT_V_START%"
            )
        );
    }

    [Theory]
    [InlineData("By=spiffe://a;Hash=h;Subject=\"CN=x,O=y\";URI=spiffe://b;DNS=d", "uri", "spiffe://b")]
    [InlineData("By=spiffe://a;Hash=h;Subject=\"CN=x,O=y;z\";URI=spiffe://b", "subject", "CN=x,O=y;z")]
    [InlineData("Hash=1,Hash=2;URI=far", "URI", "far")]
    [InlineData("Subject=\"a \\\"b\\\" c\"", "subject", "a \"b\" c")]
    [InlineData("Hash=1", "uri", "-")]
    [InlineData("Subject=\"open", "subject", "-")]
    public void Values_of_the_forwarded_client_certificate(string header, string key, string expected)
    {
        var info = FormattedStream.New();
        info.RequestHeaders.Add("x-forwarded-client-cert", header);

        Assert.Equal(expected, info.Print($"%XFCC_VALUE({key})%"));
    }

    [Fact]
    public void The_body_of_a_reply_is_known_only_while_a_body_format_is_applied()
    {
        var info = FormattedStream.New();
        info.LocalReplyBody = Encoding.UTF8.GetBytes("no healthy upstream");

        Assert.Equal("<no healthy upstream>", info.Print("<%LOCAL_REPLY_BODY%>"));
    }
}
