namespace MeshSim.ProxyRuntime.Core;

/// <summary>Reads envoy.service.auth.v3.CheckResponse.</summary>
/// <remarks>Everything is read, as a message is good or bad as a whole; what does not belong to the verdict is let go.</remarks>
internal static class CheckResponseReader
{
    /// <summary>Returns false if it is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, ExtAuthzResponse response)
    {
        if (ReadStatus(message) is not { } status)
        {
            return false;
        }

        response.Verdict = status == 0 ? ExtAuthzVerdict.Ok : ExtAuthzVerdict.Denied;
        response.Status = 403;
        var metadata = MetadataValue.EmptyStruct;
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            var isGood = (reader.Field, reader.Type) switch
            {
                (2, ProtoWireType.Bytes) => TryReadDenied(reader.Bytes, response),
                (3, ProtoWireType.Bytes) => TryReadAllowed(reader.Bytes, response),
                (4, ProtoWireType.Bytes) => TryReadStruct(reader.Bytes, ref metadata),
                _ => true,
            };
            if (!isGood)
            {
                return false;
            }
        }

        // The deprecated metadata of ok_response is stronger.
        response.Metadata ??= metadata;
        return true;
    }

    /// <summary>The code of google.rpc.Status; null if the message is none.</summary>
    private static int? ReadStatus(ReadOnlySpan<byte> message)
    {
        var status = 0;
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            if (reader.Is(1, ProtoWireType.Bytes) && !TryReadNumber(reader.Bytes, out status))
            {
                return null;
            }
        }

        return reader.Failed ? null : status;
    }

    private static bool TryReadDenied(ReadOnlySpan<byte> message, ExtAuthzResponse response)
    {
        var counts = response.Verdict == ExtAuthzVerdict.Denied;
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            if (reader.Is(1, ProtoWireType.Bytes))
            {
                if (!TryReadNumber(reader.Bytes, out var code))
                {
                    return false;
                }

                // What is no status of a final answer counts as none.
                response.Status = counts && code is >= 200 and <= 599 ? code : response.Status;
            }
            else if (reader.Is(2, ProtoWireType.Bytes) && !TryReadHeader(reader.Bytes, response, isForResponse: false, counts))
            {
                return false;
            }
            else if (reader.Is(3, ProtoWireType.Bytes))
            {
                response.SetBody(counts ? reader.TextBytes() : default);
            }
        }

        return !reader.Failed;
    }

    private static bool TryReadAllowed(ReadOnlySpan<byte> message, ExtAuthzResponse response)
    {
        var counts = response.Verdict == ExtAuthzVerdict.Ok;
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            if (reader.Type != ProtoWireType.Bytes)
            {
                continue;
            }

            var isGood = true;
            switch (reader.Field)
            {
                case 2:
                    isGood = TryReadHeader(reader.Bytes, response, isForResponse: false, counts);
                    break;
                case 3:
                    var metadata = MetadataValue.EmptyStruct;
                    isGood = TryReadStruct(reader.Bytes, ref metadata);
                    response.Metadata = metadata;
                    break;
                case 5:
                    Add(ExtAuthzEdit.Remove, reader.TextBytes(), default, response, counts);
                    break;
                case 6:
                    isGood = TryReadHeader(reader.Bytes, response, isForResponse: true, counts);
                    break;
                case 7:
                    isGood = TryReadPair(reader.Bytes, out var name, out var value);
                    Add(ExtAuthzEdit.QuerySet, name, value, response, counts);
                    break;
                case 8:
                    Add(ExtAuthzEdit.QueryRemove, reader.TextBytes(), default, response, counts);
                    break;
                default:
                    break;
            }

            if (!isGood)
            {
                return false;
            }
        }

        return !reader.Failed;
    }

    /// <summary>HeaderValueOption. Headers of requests and denials are set unless append is true; only for responses append_action is looked at.</summary>
    private static bool TryReadHeader(ReadOnlySpan<byte> message, ExtAuthzResponse response, bool isForResponse, bool counts)
    {
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> value = default;
        bool? append = null;
        var action = 0;
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            if (reader.Is(1, ProtoWireType.Bytes) && !TryReadPair(reader.Bytes, out name, out value))
            {
                return false;
            }

            if (reader.Is(2, ProtoWireType.Bytes))
            {
                if (!TryReadNumber(reader.Bytes, out var flag))
                {
                    return false;
                }

                append = flag != 0;
            }
            else if (reader.Is(3, ProtoWireType.Varint))
            {
                action = reader.Int32;
            }
        }

        if (!isForResponse)
        {
            Add(append == true ? ExtAuthzEdit.Append : ExtAuthzEdit.Set, name, value, response, counts);
        }
        else if (KindOf(append, action) is { } kind)
        {
            Add(kind, name, value, response, counts);
        }
        else
        {
            response.HasUnknownAction |= counts;
        }

        return !reader.Failed;
    }

    private static ExtAuthzEdit? KindOf(bool? append, int action) =>
        (append, action) switch
        {
            (true, _) or (null, 0) => ExtAuthzEdit.ResponseAdd,
            (false, _) or (null, 2) => ExtAuthzEdit.ResponseSet,
            (null, 1) => ExtAuthzEdit.ResponseAddIfAbsent,
            (null, 3) => ExtAuthzEdit.ResponseOverwriteIfExists,
            _ => null,
        };

    private static void Add(ExtAuthzEdit kind, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ExtAuthzResponse response, bool counts)
    {
        if (counts)
        {
            response.Add(kind, name, value);
        }
    }

    /// <summary>HeaderValue or QueryParameter: key and value.</summary>
    private static bool TryReadPair(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        var reader = new ProtoReader(message);
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

    /// <summary>The number in field 1: google.rpc.Status, HttpStatus, BoolValue.</summary>
    private static bool TryReadNumber(ReadOnlySpan<byte> message, out int number)
    {
        number = 0;
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            if (reader.Is(1, ProtoWireType.Varint))
            {
                number = reader.Int32;
            }
        }

        return !reader.Failed;
    }

    private static bool TryReadStruct(ReadOnlySpan<byte> message, ref MetadataValue fields)
    {
        if (ProtoStruct.Read(message) is not { } read)
        {
            return false;
        }

        fields = read;
        return true;
    }
}
