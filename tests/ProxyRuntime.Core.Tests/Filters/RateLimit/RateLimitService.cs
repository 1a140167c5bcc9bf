using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>The messages of a rate limit service, written and read by hand.</summary>
internal static class RateLimitService
{
    public const int Ok = 1;
    public const int OverLimit = 2;

    /// <summary>A RateLimitResponse in its frame, as text of bytes.</summary>
    public static string Answer(int code, Action<ProtoWriter>? more = null)
    {
        var message = new ProtoWriter();
        var frame = message.BeginFrame();
        message.WriteVarint(1, (ulong)code);
        more?.Invoke(message);
        message.EndFrame(frame);
        return Encoding.Latin1.GetString(message.Span);
    }

    /// <param name="field">3: response_headers_to_add, 4: request_headers_to_add.</param>
    public static void Header(this ProtoWriter message, int field, string name, string value)
    {
        var header = message.Begin(field);
        message.WriteText(1, name);
        message.WriteText(2, value);
        message.End(header);
    }

    /// <param name="unit">As RateLimit.Unit; null: no current_limit.</param>
    public static void Status(this ProtoWriter message, uint remaining, uint? unit = null, uint requests = 0, string name = "", long resetSeconds = 0)
    {
        var status = message.Begin(2);
        if (unit is { } known)
        {
            var limit = message.Begin(2);
            message.WriteVarint(1, requests);
            message.WriteVarint(2, known);
            message.WriteText(3, name);
            message.End(limit);
        }

        message.WriteVarint(3, remaining);
        var reset = message.Begin(4);
        message.WriteVarint(1, (ulong)resetSeconds);
        message.End(reset);
        message.End(status);
    }

    /// <summary>A RateLimitRequest as text: <c>domain [k=v,k2=v2 limit=42/3 hits=2] hits=1</c>.</summary>
    public static string Question(string sendBody)
    {
        var bytes = Encoding.Latin1.GetBytes(sendBody[(sendBody.IndexOf('\'', StringComparison.Ordinal) + 1)..sendBody.LastIndexOf('\'')]);
        Assert.True(GrpcMessages.TryReadFrame(bytes, out var message));
        var text = new StringBuilder();
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            _ = reader.Field switch
            {
                1 => text.Append(reader.Text()),
                2 => text.Append(" [").Append(Descriptor(reader.Bytes)).Append(']'),
                _ => text.Append(" hits=").Append(reader.Number),
            };
        }

        Assert.False(reader.Failed);
        return text.ToString();
    }

    private static string Descriptor(ReadOnlySpan<byte> bytes)
    {
        var parts = new List<string>();
        var extra = "";
        var reader = new ProtoReader(bytes);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    parts.Add(Encoding.UTF8.GetString(Field(reader.Bytes, 1).Bytes) + "=" + Encoding.UTF8.GetString(Field(reader.Bytes, 2).Bytes));
                    break;
                case 2:
                    extra += $" limit={Field(reader.Bytes, 1).Number}/{Field(reader.Bytes, 2).Number}";
                    break;
                default:
                    extra += $" hits={Field(reader.Bytes, 1).Number}";
                    break;
            }
        }

        return string.Join(',', parts) + extra;
    }

    private static ProtoReader Field(ReadOnlySpan<byte> message, int number)
    {
        var reader = new ProtoReader(message);
        while (reader.Read() && reader.Field != number) { }

        return reader.Field == number ? reader : default;
    }
}
