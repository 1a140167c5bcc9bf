using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a host is taken to answer where there is none: head, body, trailers.</summary>
internal sealed record AssumedAnswer(int Status, bool IsGrpc, byte[]? Message, string Text)
{
    /// <summary>The answer to the request itself.</summary>
    public static AssumedAnswer ToClient(HeaderMap request, int status) => new(status, status == 200 && GrpcMessages.IsGrpc(request), null, "");

    /// <summary>The answer to a request of the proxy's own: yes to whatever is asked.</summary>
    public static AssumedAnswer ToProxy(HeaderMap request)
    {
        if (!GrpcMessages.IsGrpc(request))
        {
            return new AssumedAnswer(200, false, null, "200");
        }

        var path = Encoding.Latin1.GetString(request.Get(HeaderName.Path));
        return path switch
        {
            // RateLimitResponse.overall_code is OK; CheckResponse.status is OK.
            "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit" => new AssumedAnswer(200, true, [0x08, 0x01], "OK, within limits"),
            "/envoy.service.auth.v3.Authorization/Check" => new AssumedAnswer(200, true, [0x0A, 0x00], "OK, allowed"),
            _ => new AssumedAnswer(200, true, [], "gRPC OK"),
        };
    }

    /// <summary>Fills in the head. Returns whether the answer ends with it.</summary>
    public bool WriteHead(HeaderMap head)
    {
        head.Set(HeaderName.Status, Status);
        if (IsGrpc)
        {
            head.Add(HeaderName.ContentType, "application/grpc"u8);
            if (Message is null)
            {
                head.Add(HeaderName.GrpcStatus, "0"u8);
            }

            return Message is null;
        }

        if (Status is not (101 or 204 or 304))
        {
            head.Add(HeaderName.ContentLength, "0"u8);
        }

        return Status != 101;
    }

    /// <summary>The message in its frame.</summary>
    public byte[] Frame() => [0, 0, 0, 0, (byte)Message!.Length, .. Message];

    public override string ToString() => Status.ToString(CultureInfo.InvariantCulture);
}
