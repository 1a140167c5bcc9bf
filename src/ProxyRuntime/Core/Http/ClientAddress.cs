using System.Collections.Immutable;
using System.Net;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Where a request really comes from, and whether that is inside.</summary>
/// <param name="Address">The client as far as it can be trusted; null if only the peer is known.</param>
/// <param name="AllowTrustedChecks">The address may make the request an internal one.</param>
/// <param name="RejectStatus">The request is refused, as it does not say where it comes from; 0: it is not.</param>
internal readonly record struct ClientAddress(NetworkAddress? Address, bool AllowTrustedChecks, int RejectStatus = 0)
{
    /// <summary>More entries than anyone has use for: the header is not read.</summary>
    private const int MaxXffEntries = 20;

    /// <summary>Finds the client's address and joins the peer's to x-forwarded-for where that is asked for.</summary>
    public static ClientAddress Find(HeaderMap request, ClientAddressSnapshot settings, ConnectionInfo connection, WorkerContext context)
    {
        if (settings.UseRemoteAddress)
        {
            var noForwardedFor = !request.Contains(HeaderName.XForwardedFor);
            var address = settings.TrustedHops > 0 ? FromXff(request, settings.TrustedHops - 1).Address : null;
            if (!settings.SkipXffAppend)
            {
                AppendPeer(request, connection, context);
            }

            return new ClientAddress(address ?? connection.Remote, noForwardedFor);
        }

        if (settings.Detections.IsEmpty)
        {
            var (found, single) = FromXff(request, settings.TrustedHops);
            return new ClientAddress(found, single && settings.TrustedHops == 0);
        }

        return Detect(request, settings.Detections, connection, context);
    }

    private static ClientAddress Detect(HeaderMap request, ImmutableArray<OriginalIpDetection> detections, ConnectionInfo connection, WorkerContext context)
    {
        foreach (var detection in detections)
        {
            var (address, allow, append) = Ask(detection, request, connection);
            if (address is null && detection is CustomHeaderDetection { RejectStatus: { } status })
            {
                return new ClientAddress(null, false, status);
            }

            if (append)
            {
                AppendPeer(request, connection, context);
            }

            if (address is not null)
            {
                return new ClientAddress(address, allow);
            }
        }

        return default;
    }

    private static (NetworkAddress? Address, bool Allow, bool AppendPeer) Ask(OriginalIpDetection detection, HeaderMap request, ConnectionInfo connection)
    {
        if (detection is CustomHeaderDetection header)
        {
            return (Parse(request.Get(header.Header)), header.AllowTrustedChecks, false);
        }

        var xff = (XffDetection)detection;
        if (!xff.TrustedRanges.IsEmpty && !IsIn(xff.TrustedRanges, connection.Remote))
        {
            return (null, false, true);
        }

        var (address, single) = xff.TrustedRanges.IsEmpty ? FromXff(request, xff.TrustedHops) : FromUntrusted(request, xff.TrustedRanges);
        return (address, single && xff.TrustedHops == 0, !xff.SkipXffAppend);
    }

    /// <summary>The entry so many hops from the right, 0 the last one, and whether it is the only one.</summary>
    private static (NetworkAddress? Address, bool Single) FromXff(HeaderMap request, uint hops)
    {
        var list = request.Get(HeaderName.XForwardedFor);
        var entries = list.Count((byte)',') + 1;
        if (list.IsEmpty || hops >= entries)
        {
            return default;
        }

        var wanted = entries - 1 - (int)hops;
        foreach (var range in list.Split((byte)','))
        {
            if (wanted-- == 0)
            {
                return (Parse(list[range].Trim(" \t"u8)), entries == 1);
            }
        }

        return default;
    }

    /// <summary>From the right, the first entry that is not of a trusted proxy; the leftmost if all are.</summary>
    private static (NetworkAddress? Address, bool Single) FromUntrusted(HeaderMap request, ImmutableArray<CidrRange> trusted)
    {
        var list = request.Get(HeaderName.XForwardedFor);
        var entries = list.Count((byte)',') + 1;
        if (list.IsEmpty || entries > MaxXffEntries)
        {
            return default;
        }

        NetworkAddress? last = null;
        for (var hops = 0u; hops < entries; hops++)
        {
            if (FromXff(request, hops).Address is not { } address)
            {
                break;
            }

            last = address;
            if (!IsIn(trusted, address))
            {
                break;
            }
        }

        return (last, entries == 1);
    }

    private static bool IsIn(ImmutableArray<CidrRange> ranges, NetworkAddress address)
    {
        foreach (var range in ranges)
        {
            if (range.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static NetworkAddress? Parse(ReadOnlySpan<byte> text)
    {
        Span<char> chars = stackalloc char[64];
        if (text.IsEmpty || text.Length > chars.Length || text[0] == (byte)'[')
        {
            return null;
        }

        var length = Encoding.Latin1.GetChars(text, chars);
        if (!IPAddress.TryParse(chars[..length], out var ip))
        {
            return null;
        }

        // An IPv4 address must be written with its four numbers.
        var dotted = text.Count((byte)'.') == 3 || text.Contains((byte)':');
        return dotted ? new NetworkAddress(ip.ToString(), 0) : null;
    }

    /// <summary>Requests from the machine itself carry the machine's own address.</summary>
    private static void AppendPeer(HeaderMap request, ConnectionInfo connection, WorkerContext context)
    {
        var peer = connection.Remote.IsLoopback ? context.LocalAddress : connection.Remote;
        request.AppendTo(HeaderName.XForwardedFor, peer.IpBytes);
    }
}
