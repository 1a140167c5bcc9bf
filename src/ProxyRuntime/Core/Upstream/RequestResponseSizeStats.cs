namespace MeshSim.ProxyRuntime.Core;

/// <summary>How large each attempt was, there and back: names and values of headers in bytes, pseudo-headers among them, how many they were, and the body in bytes.</summary>
internal sealed class RequestResponseSizeStats(StatSheet sheet, string root)
{
    private readonly Histogram requestHeadersSize = sheet.Histogram(root + "upstream_rq_headers_size");
    private readonly Histogram requestHeadersCount = sheet.Histogram(root + "upstream_rq_headers_count");
    private readonly Histogram requestBodySize = sheet.Histogram(root + "upstream_rq_body_size");
    private readonly Histogram responseHeadersSize = sheet.Histogram(root + "upstream_rs_headers_size");
    private readonly Histogram responseHeadersCount = sheet.Histogram(root + "upstream_rs_headers_count");
    private readonly Histogram responseBodySize = sheet.Histogram(root + "upstream_rs_body_size");

    public void Request(HeaderMap head, long bodyBytes)
    {
        requestHeadersSize.Record(head.ByteSize);
        requestHeadersCount.Record(head.Count);
        requestBodySize.Record(bodyBytes);
    }

    /// <summary>Only of attempts that were answered.</summary>
    public void Response(long headersBytes, int headersCount, long bodyBytes)
    {
        responseHeadersSize.Record(headersBytes);
        responseHeadersCount.Record(headersCount);
        responseBodySize.Record(bodyBytes);
    }
}
