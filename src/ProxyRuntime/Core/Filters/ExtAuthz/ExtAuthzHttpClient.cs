using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Asks by HTTP: the request's method, path and host, and such headers as the service may see.</summary>
internal sealed class ExtAuthzHttpClient : ExtAuthzClient
{
    /// <summary>Headers of a denial that the client gets besides those that are named.</summary>
    private static readonly NamePatterns AlwaysToClient = NamePatterns.OfExact(":status", "content-length", "www-authenticate", "location");

    private readonly WorkerContext context;
    private readonly ExtAuthzHttpService service;
    private readonly Route route;
    private readonly byte[] pathPrefix;
    private readonly ByteBuffer value = new();

    public ExtAuthzHttpClient(WorkerContext context, ExtAuthzHttpService service)
    {
        this.context = context;
        this.service = service;
        route = AsyncRequests.RouteOf(service.RetryPolicy);
        pathPrefix = Encoding.UTF8.GetBytes(service.PathPrefix);
    }

    public override bool TrySend(ExtAuthzCheck check, IAsyncCallbacks callbacks, ref AsyncStream? running)
    {
        if (!context.Async.HasCluster(service.Cluster))
        {
            return false;
        }

        var length = check.BodyBytes ?? 0;
        var head = context.Headers.Rent();
        head.Set(HeaderName.ContentLength, length);
        WriteHeaders(check, head);
        service.HeadersToAdd.Apply(head, check.Stream.Info, context.Scratch);
        var options = new AsyncOptions(service.Cluster, service.TimeoutNs, WantsContent: true, route);
        var request = context.Async.New(head, options, sendForwardedFor: false, body: default, callbacks);
        running = request;
        request.CopyBody(check.Stream, length);
        request.Start(endStream: length == 0, complete: true);
        return true;
    }

    public override void Read(AsyncStream request, bool failed, ExtAuthzResponse response)
    {
        if (failed || request.Response is not { } head || head.StatusCode() is >= 500 and <= 599)
        {
            return;
        }

        response.Status = head.StatusCode();
        response.Verdict = response.Status == 200 ? ExtAuthzVerdict.Ok : ExtAuthzVerdict.Denied;
        if (response.Verdict == ExtAuthzVerdict.Denied)
        {
            response.SetBody(request.Content);
        }

        SortedDictionary<string, MetadataValue>? metadata = null;
        for (var i = 0; i < head.Count; i++)
        {
            ReadHeader(head[i], response, ref metadata);
        }

        response.Metadata = metadata is null ? null : MetadataValue.Of(metadata);
    }

    private void WriteHeaders(ExtAuthzCheck check, HeaderMap head)
    {
        var source = check.Stream.RequestHeaders;
        for (var i = 0; i < source.Count; i++)
        {
            if (!check.IsSeen(source[i], out var name) || name.SequenceEqual(HeaderName.ContentLength.Bytes))
            {
                continue;
            }

            value.Clear();
            if (name.SequenceEqual(HeaderName.Path.Bytes))
            {
                value.Append(pathPrefix);
            }

            if (check.Settings.EncodeRawHeaders)
            {
                value.Append(source[i].Value);
                head.Add(name, value.Span);
            }
            else
            {
                Utf8Text.Append(source[i].Value, value);
                head.AppendTo(name, value.Span);
            }
        }

        if (check.BodyBytes is not null)
        {
            head.Set(HeaderName.XEnvoyAuthPartialBody, check.IsPartial ? "true"u8 : "false"u8);
        }
    }

    private void ReadHeader(HeaderField field, ExtAuthzResponse response, ref SortedDictionary<string, MetadataValue>? metadata)
    {
        value.Clear();
        value.Append(field.Name);
        _ = Ascii.ToLowerInPlace(value.Written, out _);
        var name = value.Span;
        if (name.SequenceEqual(HeaderName.XEnvoyAuthHeadersToRemove.Bytes))
        {
            ReadNamesToRemove(field.Value, response);
            return;
        }

        if (response.Verdict == ExtAuthzVerdict.Denied)
        {
            if (IsForClient(name))
            {
                response.Add(ExtAuthzEdit.Set, name, field.Value);
            }
        }
        else
        {
            ReadAllowance(name, field.Value, response);
        }

        if (service.DynamicMetadataFromHeaders.Matches(name))
        {
            metadata ??= new SortedDictionary<string, MetadataValue>(StringComparer.Ordinal);
            metadata[Encoding.Latin1.GetString(name)] = MetadataValue.Of(Encoding.UTF8.GetString(field.Value));
        }
    }

    /// <summary>Where nothing is named a denial goes to the client with all its headers, but for a host.</summary>
    private bool IsForClient(ReadOnlySpan<byte> name) =>
        service.AllowedClientHeaders.Patterns.IsEmpty
            ? !name.SequenceEqual(HeaderName.Authority.Bytes)
            : service.AllowedClientHeaders.Matches(name) || AlwaysToClient.Matches(name);

    private void ReadAllowance(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, ExtAuthzResponse response)
    {
        if (service.AllowedUpstreamHeaders.Matches(name))
        {
            response.Add(ExtAuthzEdit.Set, name, text);
        }

        if (service.AllowedUpstreamHeadersToAppend.Matches(name))
        {
            response.Add(ExtAuthzEdit.Add, name, text);
        }

        if (service.AllowedClientHeadersOnSuccess.Matches(name))
        {
            response.Add(ExtAuthzEdit.ResponseAdd, name, text);
        }
    }

    private static void ReadNamesToRemove(ReadOnlySpan<byte> list, ExtAuthzResponse response)
    {
        if (response.Verdict != ExtAuthzVerdict.Ok)
        {
            return;
        }

        foreach (var range in list.Split((byte)','))
        {
            var name = list[range].Trim(" \t"u8);
            if (!name.IsEmpty)
            {
                response.Add(ExtAuthzEdit.Remove, name, default);
            }
        }
    }
}
