namespace MeshSim.ProxyRuntime.Core;

/// <summary>Is told, step by step, what happens to the requests of a worker. None in normal operation.</summary>
/// <remarks>What is handed over is valid during the call only, and not to be changed.</remarks>
internal interface IRequestObserver
{
    /// <summary>The random number of every stream, instead of one that is drawn.</summary>
    ulong StreamRandom { get; }

    /// <summary>A route was looked for: once the connection manager has made its changes, and again whenever a filter asks for it.</summary>
    void OnRoute(ActiveStream stream);

    /// <summary>The request is about to go to the first filter.</summary>
    void OnFilters(ActiveStream stream);

    /// <summary>A filter is switched off for the request.</summary>
    void OnSkipped(HttpFilter filter);

    /// <summary>A filter is about to see the headers.</summary>
    void OnDecoding(ActiveStream stream, HttpFilter filter);

    /// <summary>A filter has seen the headers.</summary>
    void OnDecoded(HttpFilter filter, FilterStatus status, HeaderMap request);

    /// <summary>A filter that had stopped the request lets it go on.</summary>
    void OnResumed(HttpFilter filter, HeaderMap request);

    /// <summary>The router has a host and has settled how it goes about the request.</summary>
    void OnPlan(Router router);

    /// <summary>The proxy makes a request of its own.</summary>
    void OnOwnRequest(AsyncStream request);

    /// <summary>The proxy is about to answer itself.</summary>
    void OnLocalReply(ActiveStream stream, in LocalReply reply);

    /// <summary>A response, whoever made it, is about to go to the filters.</summary>
    void OnResponse(HeaderMap response);

    /// <summary>A filter has seen the headers of the response.</summary>
    void OnEncoded(HttpFilter filter, HeaderMap response);
}
