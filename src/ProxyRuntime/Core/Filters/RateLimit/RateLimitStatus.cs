namespace MeshSim.ProxyRuntime.Core;

/// <summary>RateLimitResponse.DescriptorStatus: how one descriptor stands.</summary>
/// <param name="HasLimit">The service knows a limit for it.</param>
/// <param name="RequestsPerUnit">current_limit.requests_per_unit.</param>
/// <param name="WindowSeconds">The length of current_limit.unit, 0 if unknown.</param>
/// <param name="Remaining">limit_remaining.</param>
/// <param name="ResetSeconds">duration_until_reset in whole seconds.</param>
internal readonly record struct RateLimitStatus(bool HasLimit, uint RequestsPerUnit, int WindowSeconds, uint Remaining, long ResetSeconds)
{
    private const int CurrentLimit = 2;
    private const int LimitRemaining = 3;
    private const int DurationUntilReset = 4;
    private const int LimitRequests = 1;
    private const int LimitUnit = 2;
    private const int LimitName = 3;

    /// <summary>By the numbers of RateLimit.Unit: unknown, second, minute, hour, day, month, year, week.</summary>
    private static ReadOnlySpan<int> UnitSeconds => [0, 1, 60, 3_600, 86_400, 30 * 86_400, 365 * 86_400, 7 * 86_400];

    /// <summary>False if it is no such message.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out RateLimitStatus status)
    {
        status = default;
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            if (reader.Is(CurrentLimit, ProtoWireType.Bytes))
            {
                if (!TryParseLimit(reader.Bytes, ref status, out _))
                {
                    return false;
                }
            }
            else if (reader.Is(LimitRemaining, ProtoWireType.Varint))
            {
                status = status with { Remaining = (uint)reader.Number };
            }
            else if (reader.Is(DurationUntilReset, ProtoWireType.Bytes))
            {
                var duration = new ProtoReader(reader.Bytes);
                while (duration.Read())
                {
                    status = duration.Is(1, ProtoWireType.Varint) ? status with { ResetSeconds = (long)duration.Number } : status;
                }

                if (duration.Failed)
                {
                    return false;
                }
            }
        }

        return !reader.Failed;
    }

    /// <summary>Appends what the limit is for: <c>, 10;w=60;name="per-ip"</c>; nothing if its window is not known.</summary>
    public static void AppendPolicy(ReadOnlySpan<byte> message, in RateLimitStatus status, ByteBuffer output)
    {
        if (status.WindowSeconds == 0)
        {
            return;
        }

        output.Append(", "u8);
        output.AppendNumber(status.RequestsPerUnit);
        output.Append(";w="u8);
        output.AppendNumber(status.WindowSeconds);
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            var ignored = status;
            if (reader.Is(CurrentLimit, ProtoWireType.Bytes) && TryParseLimit(reader.Bytes, ref ignored, out var name) && !name.IsEmpty)
            {
                output.Append(";name=\""u8);
                output.Append(name);
                output.Append((byte)'"');
            }
        }
    }

    private static bool TryParseLimit(ReadOnlySpan<byte> message, ref RateLimitStatus status, out ReadOnlySpan<byte> name)
    {
        name = default;
        status = status with { HasLimit = true };
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            if (reader.Is(LimitRequests, ProtoWireType.Varint))
            {
                status = status with { RequestsPerUnit = (uint)reader.Number };
            }
            else if (reader.Is(LimitUnit, ProtoWireType.Varint))
            {
                status = status with { WindowSeconds = reader.Number < (ulong)UnitSeconds.Length ? UnitSeconds[(int)reader.Number] : 0 };
            }
            else if (reader.Is(LimitName, ProtoWireType.Bytes))
            {
                name = reader.TextBytes();
            }
        }

        return !reader.Failed;
    }
}
