namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a rate limit service answered: service.ratelimit.v3.RateLimitResponse. The default value is an error.</summary>
internal readonly ref struct RateLimitAnswer
{
    private const int OverallCode = 1;
    private const int Statuses = 2;
    private const int ResponseHeaders = 3;
    private const int RequestHeaders = 4;
    private const int RawBody = 5;
    private const int Metadata = 6;
    private const int OverLimit = 2;
    private const int MaxNameOnStack = 256;

    private readonly ReadOnlySpan<byte> message;
    private readonly ReadOnlySpan<bool> shown;

    private RateLimitAnswer(ReadOnlySpan<byte> message, ReadOnlySpan<bool> shown)
    {
        this.message = message;
        this.shown = shown;
        IsOk = true;
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            if (reader.Is(OverallCode, ProtoWireType.Varint))
            {
                IsOverLimit = reader.Int32 == OverLimit;
            }
            else if (reader.Is(RawBody, ProtoWireType.Bytes))
            {
                Body = reader.Bytes;
            }
            else if (reader.Is(Metadata, ProtoWireType.Bytes))
            {
                DynamicMetadata = ProtoStruct.Read(reader.Bytes);
            }
        }
    }

    /// <summary>The service answered.</summary>
    public bool IsOk { get; }

    public bool IsOverLimit { get; }

    /// <summary>raw_body: of the refusal.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>dynamic_metadata; null for none.</summary>
    public MetadataValue? DynamicMetadata { get; }

    /// <summary>Reads an answer; an error if it is none.</summary>
    /// <param name="shown">Which of the descriptors asked about show in x-ratelimit headers.</param>
    public static RateLimitAnswer Parse(ReadOnlySpan<byte> message, ReadOnlySpan<bool> shown)
    {
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            var isSound = reader.Field switch
            {
                Statuses => RateLimitStatus.TryParse(reader.Bytes, out _),
                ResponseHeaders or RequestHeaders => TryReadHeader(reader.Bytes, out _, out _),
                Metadata => ProtoStruct.Read(reader.Bytes) is not null,
                _ => true,
            };
            if (!isSound)
            {
                return default;
            }
        }

        return reader.Failed ? default : new RateLimitAnswer(message, shown);
    }

    public void AddRequestHeaders(HeaderMap request) => AddHeaders(RequestHeaders, request);

    public void AddResponseHeaders(HeaderMap response) => AddHeaders(ResponseHeaders, response);

    /// <summary>Tells of the limit that is nearest, and of the windows of all that show.</summary>
    public void AddXRateLimitHeaders(HeaderMap response, ByteBuffer scratch)
    {
        RateLimitStatus? nearest = null;
        scratch.Clear();
        var place = 0;
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            if (!reader.Is(Statuses, ProtoWireType.Bytes))
            {
                continue;
            }

            _ = RateLimitStatus.TryParse(reader.Bytes, out var status);
            var show = place < shown.Length && shown[place];
            place++;
            if (!show || !status.HasLimit)
            {
                continue;
            }

            nearest = nearest is { } other && other.Remaining <= status.Remaining ? nearest : status;
            RateLimitStatus.AppendPolicy(reader.Bytes, status, scratch);
        }

        if (nearest is { } told)
        {
            var policyLength = scratch.Length;
            scratch.AppendNumber(told.RequestsPerUnit);
            scratch.Append(scratch.Span[..policyLength]);
            response.Add(HeaderName.XRatelimitLimit, scratch.Span[policyLength..]);
            XRateLimitHeaders.Add(response, HeaderName.XRatelimitRemaining, told.Remaining);
            XRateLimitHeaders.Add(response, HeaderName.XRatelimitReset, (ulong)told.ResetSeconds);
        }
    }

    private void AddHeaders(int field, HeaderMap map)
    {
        Span<byte> room = stackalloc byte[MaxNameOnStack];
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            if (reader.Is(field, ProtoWireType.Bytes) && TryReadHeader(reader.Bytes, out var name, out var value))
            {
                var lower = name.Length <= room.Length ? room : new byte[name.Length];
                _ = System.Text.Ascii.ToLower(name, lower, out var length);
                map.Add(lower[..length], value);
            }
        }
    }

    /// <summary>config.core.v3.HeaderValue; raw_value is not looked at.</summary>
    private static bool TryReadHeader(ReadOnlySpan<byte> header, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        var reader = new ProtoReader(header);
        while (reader.Read())
        {
            if (reader.Is(1, ProtoWireType.Bytes))
            {
                name = reader.TextBytes();
            }
            else if (reader.Is(2, ProtoWireType.Bytes))
            {
                value = reader.TextBytes();
            }
        }

        return !reader.Failed;
    }
}
