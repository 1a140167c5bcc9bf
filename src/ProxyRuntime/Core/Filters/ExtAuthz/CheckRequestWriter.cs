using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Writes envoy.service.auth.v3.CheckRequest in its frame. The body comes last, so that the driver can append it.</summary>
/// <remarks>
/// Envoy writes a body that is not UTF-8 with exclamation marks for what belongs to no character, unless pack_as_bytes is set; here its
/// bytes go out as they are.
/// </remarks>
internal sealed class CheckRequestWriter
{
    private readonly ByteBuffer text = new();

    public void Write(ExtAuthzCheck check)
    {
        var output = check.Message;
        var frame = output.BeginFrame();
        var attributes = output.Begin(1);
        WriteSource(check, output);
        WriteDestination(check, output);
        WriteContextExtensions(check, output);
        WriteMetadata(
            check.Settings.MetadataNamespaces,
            static (info, name) => info.DynamicMetadata.Get(name),
            check.Stream.Info,
            Attribute.MetadataContext,
            output
        );
        WriteTlsSession(check, output);
        WriteMetadata(
            check.Settings.RouteMetadataNamespaces,
            static (info, name) => info.Route?.Metadata.Get(name),
            check.Stream.Info,
            Attribute.RouteMetadataContext,
            output
        );
        WriteRequest(check, output);
        output.End(attributes);
        output.EndFrame(frame);
    }

    private void WriteSource(ExtAuthzCheck check, ProtoWriter output)
    {
        var connection = check.Stream.Info.Connection;
        var peer = output.Begin((int)Attribute.Source);
        WriteAddress(connection.Remote, output);
        WriteText((int)Peer.Service, check.Stream.RequestHeaders.Get(HeaderName.XEnvoyDownstreamServiceCluster), output);
        WriteText((int)Peer.Principal, connection.IsTls ? Principal(connection.Tls?.Peer) : "", output);
        if (check.Settings.IncludePeerCertificate && connection.IsTls)
        {
            WriteText((int)Peer.Certificate, connection.Tls?.Peer?.Pem ?? "", output);
        }

        output.End(peer);
    }

    private static void WriteDestination(ExtAuthzCheck check, ProtoWriter output)
    {
        var peer = output.Begin((int)Attribute.Destination);
        WriteAddress(check.Stream.Info.Connection.Local, output);
        WriteText((int)Peer.Principal, check.Stream.Info.Connection.IsTls ? Principal(check.Stream.Info.Connection.Tls?.Local) : "", output);
        foreach (var (name, label) in check.Settings.DestinationLabels)
        {
            WriteEntry((int)Peer.Labels, name, label, output);
        }

        output.End(peer);
    }

    /// <summary>The first URI of a certificate, else its first DNS name, else its subject.</summary>
    private static string Principal(CertificateInfo? certificate) =>
        certificate is null ? ""
        : certificate.UriSans.Count > 0 ? certificate.UriSans[0]
        : certificate.DnsSans.Count > 0 ? certificate.DnsSans[0]
        : certificate.Subject;

    /// <summary>Address with a SocketAddress; the protocol TCP is its default.</summary>
    private static void WriteAddress(NetworkAddress address, ProtoWriter output)
    {
        var outer = output.Begin((int)Peer.Address);
        var socket = output.Begin(1);
        output.WriteBytes(2, address.IpBytes);
        output.WriteVarint(3, (ulong)address.Port);
        output.End(socket);
        output.End(outer);
    }

    /// <summary>Those of all levels; of one name only the most specific.</summary>
    private static void WriteContextExtensions(ExtAuthzCheck check, ProtoWriter output)
    {
        var selection = check.Stream.Selection;
        for (var level = RouteSelection.Levels - 1; level >= 0; level--)
        {
            if (selection.FilterSettings(check.FilterName, level) is not ExtAuthzRouteSettings settings)
            {
                continue;
            }

            foreach (var (name, value) in settings.ContextExtensions)
            {
                if (!IsReplaced(selection, check.FilterName, level, name))
                {
                    WriteEntry((int)Attribute.ContextExtensions, name, value, output);
                }
            }
        }
    }

    private static bool IsReplaced(in RouteSelection selection, string filter, int level, string name)
    {
        for (var closer = level - 1; closer >= 0; closer--)
        {
            if (selection.FilterSettings(filter, closer) is not ExtAuthzRouteSettings settings)
            {
                continue;
            }

            foreach (var entry in settings.ContextExtensions)
            {
                if (string.Equals(entry.Key, name, StringComparison.Ordinal))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>config.core.v3.Metadata; the message is there even if it is empty.</summary>
    private static void WriteMetadata(
        ImmutableArray<string> namespaces,
        Func<StreamInfo, string, MetadataValue?> find,
        StreamInfo info,
        Attribute field,
        ProtoWriter output
    )
    {
        var metadata = output.Begin((int)field);
        foreach (var name in namespaces)
        {
            if (find(info, name) is { } value)
            {
                var entry = output.Begin(1);
                output.WriteText(1, name);
                var fields = output.Begin(2);
                ProtoStruct.Write(output, value);
                output.End(fields);
                output.End(entry);
            }
        }

        output.End(metadata);
    }

    private static void WriteTlsSession(ExtAuthzCheck check, ProtoWriter output)
    {
        if (!check.Settings.IncludeTlsSession)
        {
            return;
        }

        var session = output.Begin((int)Attribute.TlsSession);
        if (check.Stream.Info.Connection.RequestedServerName is { Length: > 0 } name)
        {
            output.WriteText(1, name);
        }

        output.End(session);
    }

    private void WriteRequest(ExtAuthzCheck check, ProtoWriter output)
    {
        var request = output.Begin((int)Attribute.Request);
        var time = output.Begin(1);
        output.WriteVarint(1, (ulong)(check.Stream.Info.StartUnixNs / MonotonicTime.NanosecondsPerSecond));
        output.WriteVarint(2, (ulong)(check.Stream.Info.StartUnixNs % MonotonicTime.NanosecondsPerSecond));
        output.End(time);
        var http = output.Begin(2);
        WriteHttp(check, output);
        output.End(http);
        output.End(request);
    }

    private void WriteHttp(ExtAuthzCheck check, ProtoWriter output)
    {
        var head = check.Stream.RequestHeaders;
        text.Clear();
        _ = System.Buffers.Text.Utf8Formatter.TryFormat(check.Stream.Random, text.GetSpan(20), out var digits);
        text.Advance(digits);
        output.WriteBytes((int)Http.Id, text.Span);
        WriteText((int)Http.Method, head.Get(HeaderName.Method), output);
        WriteText((int)Http.Path, head.Get(HeaderName.Path), output);
        WriteText((int)Http.Host, head.Get(HeaderName.Authority), output);
        WriteText((int)Http.Scheme, head.Get(HeaderName.Scheme), output);
        if (check.Stream.Info.BytesReceived > 0)
        {
            output.WriteVarint((int)Http.Size, (ulong)check.Stream.Info.BytesReceived);
        }

        output.WriteBytes((int)Http.Protocol, ProtocolName(check.Stream.Info.Connection.Protocol));
        if (check.Settings.EncodeRawHeaders)
        {
            WriteRawHeaders(check, output);
        }
        else
        {
            WriteHeaders(check, output);
        }

        if (check.BodyBytes is > 0 and var length)
        {
            output.WriteBytesAhead((int)(check.Settings.Body?.PackAsBytes == true ? Http.RawBody : Http.Body), length);
        }
    }

    private static void WriteRawHeaders(ExtAuthzCheck check, ProtoWriter output)
    {
        var map = output.Begin((int)Http.HeaderMap);
        var head = check.Stream.RequestHeaders;
        for (var i = 0; i < head.Count; i++)
        {
            if (check.IsSeen(head[i], out var name))
            {
                WriteRawHeader(name, head[i].Value, output);
            }
        }

        if (check.BodyBytes is not null)
        {
            WriteRawHeader(HeaderName.XEnvoyAuthPartialBody.Bytes, check.IsPartial ? "true"u8 : "false"u8, output);
        }

        output.End(map);
    }

    private static void WriteRawHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ProtoWriter output)
    {
        var header = output.Begin(1);
        output.WriteBytes(1, name);
        output.WriteBytes(3, value);
        output.End(header);
    }

    /// <summary>One entry for each name; the values of several lines are joined with commas.</summary>
    private void WriteHeaders(ExtAuthzCheck check, ProtoWriter output)
    {
        var head = check.Stream.RequestHeaders;
        for (var i = 0; i < head.Count; i++)
        {
            if (!check.IsSeen(head[i], out var name) || head.IndexOf(name) < i)
            {
                continue;
            }

            text.Clear();
            Utf8Text.Append(head[i].Value, text);
            for (var more = head.IndexOf(name, i + 1); more >= 0; more = head.IndexOf(name, more + 1))
            {
                text.Append((byte)',');
                Utf8Text.Append(head[more].Value, text);
            }

            WriteEntry((int)Http.Headers, name, text.Span, output);
        }

        if (check.BodyBytes is not null)
        {
            WriteEntry((int)Http.Headers, HeaderName.XEnvoyAuthPartialBody.Bytes, check.IsPartial ? "true"u8 : "false"u8, output);
        }
    }

    private static ReadOnlySpan<byte> ProtocolName(HttpProtocol protocol) =>
        protocol switch
        {
            HttpProtocol.Http10 => "HTTP/1.0"u8,
            HttpProtocol.Http2 => "HTTP/2"u8,
            _ => "HTTP/1.1"u8,
        };

    /// <summary>Text that is empty is left out.</summary>
    private void WriteText(int field, ReadOnlySpan<byte> value, ProtoWriter output)
    {
        if (!value.IsEmpty)
        {
            text.Clear();
            Utf8Text.Append(value, text);
            output.WriteBytes(field, text.Span);
        }
    }

    private static void WriteText(int field, string value, ProtoWriter output)
    {
        if (value.Length > 0)
        {
            output.WriteText(field, value);
        }
    }

    private static void WriteEntry(int field, string name, string value, ProtoWriter output)
    {
        var entry = output.Begin(field);
        output.WriteText(1, name);
        output.WriteText(2, value);
        output.End(entry);
    }

    private static void WriteEntry(int field, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ProtoWriter output)
    {
        var entry = output.Begin(field);
        output.WriteBytes(1, name);
        output.WriteBytes(2, value);
        output.End(entry);
    }

    private enum Attribute
    {
        Source = 1,
        Destination = 2,
        Request = 4,
        ContextExtensions = 10,
        MetadataContext = 11,
        TlsSession = 12,
        RouteMetadataContext = 13,
    }

    private enum Peer
    {
        Address = 1,
        Service = 2,
        Labels = 3,
        Principal = 4,
        Certificate = 5,
    }

    private enum Http
    {
        Id = 1,
        Method = 2,
        Headers = 3,
        Path = 4,
        Host = 5,
        Scheme = 6,
        Size = 9,
        Protocol = 10,
        Body = 11,
        RawBody = 12,
        HeaderMap = 13,
    }
}
