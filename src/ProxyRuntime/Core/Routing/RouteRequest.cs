namespace MeshSim.ProxyRuntime.Core;

/// <summary>What routes look at: headers, path, random number, runtime, and what filters and the connection have said so far.</summary>
internal readonly ref struct RouteRequest
{
    private readonly ReadOnlySpan<byte> target;

    /// <param name="headers">The request as it is now.</param>
    /// <param name="random">The stream's random number: the same for every decision about it.</param>
    /// <param name="cutPathParameters">ignore_path_parameters_in_path_matching: the path ends before its first semicolon.</param>
    public RouteRequest(HeaderMap headers, ulong random, RuntimeSnapshot runtime, StreamInfo? info, bool cutPathParameters = false)
    {
        Headers = headers;
        Random = random;
        Runtime = runtime;
        Info = info;
        IsPathless = !headers.TryGet(HeaderName.Path, out var target);
        this.target = target;
        var path = RequestPath.WithoutQuery(target);
        if (cutPathParameters && path.IndexOf((byte)';') is var end and >= 0)
        {
            path = path[..end];
        }

        Path = path;
    }

    public HeaderMap Headers { get; }

    /// <summary>The path without query and fragment.</summary>
    public ReadOnlySpan<byte> Path { get; }

    public ReadOnlySpan<byte> Query => QueryString.Of(target);

    public ulong Random { get; }

    public RuntimeSnapshot Runtime { get; }

    /// <summary>Metadata, filter state and connection of the stream; null where there is no stream.</summary>
    public StreamInfo? Info { get; }

    public bool IsPathless { get; }

    public bool IsConnect => UpgradeRequests.IsConnect(Headers);
}
