using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>What a service reads of a request's head.</summary>
/// <param name="Route">Which of <see cref="ServiceRole.AllRoutes"/> it takes.</param>
/// <param name="Priority">0 goes first, <see cref="ServiceJob.LeastPriority"/> last.</param>
/// <param name="TimeoutMs">x-envoy-expected-rq-timeout-ms: when the caller gives up; 0 where that is not said, or too far to matter (half an hour).</param>
public readonly record struct RequestTraits(int Route, int Priority, int TimeoutMs)
{
    private const int PriorityBits = 3;
    private const int TimeoutBits = 21;
    private const int MostTimeoutMs = (1 << TimeoutBits) - 1;

    /// <summary>All of it in one number.</summary>
    public int Code => (Route << (PriorityBits + TimeoutBits)) | (Priority << TimeoutBits) | TimeoutMs;

    public static RequestTraits Of(int code) =>
        new(code >> (PriorityBits + TimeoutBits), (code >> TimeoutBits) & ((1 << PriorityBits) - 1), code & MostTimeoutMs);

    public static RequestTraits Read(ServiceRole service, HeaderMap head) =>
        new(
            service.Routes.IsEmpty ? 0 : service.RouteOf(head.Get(HeaderName.Path)),
            service.PriorityHeader is { } header ? PriorityOf(head, header) : ServiceJob.LeastPriority,
            Number(head.Get(HeaderName.XEnvoyExpectedRqTimeoutMs)) is { } ms and <= MostTimeoutMs ? ms : 0
        );

    /// <summary>A header that is not there, or holds no number, says the lowest.</summary>
    private static int PriorityOf(HeaderMap head, string header)
    {
        Span<byte> name = stackalloc byte[header.Length];
        _ = Encoding.Latin1.GetBytes(header, name);
        var index = head.IndexOf(name);
        return index >= 0 && Number(head[index].Value) is { } priority and < ServiceJob.LeastPriority ? priority : ServiceJob.LeastPriority;
    }

    private static int? Number(ReadOnlySpan<byte> digits)
    {
        const int longest = 9;
        if (digits.IsEmpty || digits.Length > longest)
        {
            return null;
        }

        var number = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return null;
            }

            number = (10 * number) + digit - '0';
        }

        return number;
    }
}
