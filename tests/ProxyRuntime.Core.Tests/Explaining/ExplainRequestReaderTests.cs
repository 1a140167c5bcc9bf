namespace MeshSim.ProxyRuntime.Core.Tests;

public class ExplainRequestReaderTests
{
    [Theory]
    [InlineData("GET http://a.test/b?c=d#e", "a.test", "/b?c=d", null)]
    [InlineData("GET http://a.test", "a.test", "/", null)]
    [InlineData("GET http://a.test?x", "a.test", "/?x", null)]
    [InlineData("GET http://a.test:80/", "a.test", "/", 80)]
    [InlineData("GET HTTPS://a.test:443/", "a.test", "/", 443)]
    [InlineData("GET http://a.test:443/", "a.test:443", "/", 443)]
    [InlineData("GET http://[::1]:8080/", "[::1]:8080", "/", 8080)]
    public void A_URL_gives_host_and_path(string text, string authority, string path, int? port)
    {
        var request = ExplainRequestReader.Read(text, [], out var error)!;

        Assert.Equal("", error);
        Assert.Equal(("GET", authority, path, port), (request.Method, request.Authority, request.Path, request.Port));
    }

    [Fact]
    public void Headers_keep_their_order_and_host_replaces_the_URLs()
    {
        var request = ExplainRequestReader.Read("PATCH https://a.test/", ["X-A:  1 ", "Host: b.test", "x-empty:", "x-url: http://c"], out _)!;

        Assert.Equal(("PATCH", "https", "b.test"), (request.Method, request.Scheme, request.Authority));
        Assert.Equal([new HeaderLine("x-a", "1"), new HeaderLine("x-empty", ""), new HeaderLine("x-url", "http://c")], request.Headers.AsEnumerable());
    }

    [Theory]
    [InlineData("http://a", "'http://a' is not a method and a URL, for example 'GET http://host/path'")]
    [InlineData("", "'' is not a method and a URL, for example 'GET http://host/path'")]
    [InlineData("G@T http://a", "'G@T' is no method, for example 'GET http://host/path'")]
    [InlineData("GET /path", "'/path' is no URL: it does not begin with http:// or https://, for example 'GET http://host/path'")]
    [InlineData("GET ftp://a", "'ftp://a' is no URL: scheme 'ftp' is not accepted; accepted: http, https")]
    [InlineData("GET http:///b", "'http:///b' is no URL: it names no host")]
    [InlineData("GET http://a/ü", "'http://a/ü' is no URL: character 10 ('ü') must be percent-encoded")]
    [InlineData("GET http://u:p@a/", "'http://u:p@a/': credentials do not go into the URL but into a header, -H 'authorization: …'")]
    [InlineData("GET http://a:0/", "'http://a:0/': '0' is no port; accepted are 1 to 65535")]
    [InlineData("GET http://a:b/", "'http://a:b/': 'b' is no port; accepted are 1 to 65535")]
    public void What_is_no_request_is_told(string text, string expected)
    {
        Assert.Null(ExplainRequestReader.Read(text, [], out var error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("a", "header 'a' is not of the form 'name: value'")]
    [InlineData(": a", "header ': a' is not of the form 'name: value'")]
    [InlineData("a b: c", "header 'a b: c' is not of the form 'name: value'")]
    [InlineData(":path: /x", "header ':path' cannot be given; method, host and path stand in the request")]
    [InlineData("Content-Length: 5", "header 'content-length' cannot be given; --body-bytes N says how long the body is")]
    [InlineData("a: b\r\nc: d", "header 'a': a value must not contain NUL, CR or LF")]
    public void What_is_no_header_is_told(string header, string expected)
    {
        Assert.Null(ExplainRequestReader.Read("GET http://a/", [header], out var error));
        Assert.Equal(expected, error);
    }
}
