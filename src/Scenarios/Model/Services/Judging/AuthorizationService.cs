using System.Collections.Immutable;
using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>An ext_authz service, asked by gRPC or by HTTP: denies what one of its rules fits, and allows the rest.</summary>
/// <param name="Deny">The first that fits counts.</param>
/// <param name="Headers">Headers that a request gets which is allowed; over HTTP those that allowed_upstream_headers lets through.</param>
public sealed record AuthorizationService(ImmutableArray<DenyRule> Deny, ImmutableArray<(string Name, string Value)> Headers) : ServiceJudge
{
    public override IJudgement Begin(RandomSource random) => new Deciding(this, random.Derive("ext_authz"));

    private sealed class Deciding(AuthorizationService service, RandomStream random) : IJudgement
    {
        private const int PermissionDenied = 7;

        public JudgedAnswer? Judge(long nowNs, HeaderMap head, ReadOnlySpan<byte> body)
        {
            if (!GrpcMessages.IsGrpc(head))
            {
                return service.Deny.FirstOrDefault(rule => rule.Fits(name => Value(head, name), random)) is { } denied
                    ? new JudgedAnswer(denied.Status, [], Encoding.UTF8.GetBytes(denied.Body), IsGrpc: false)
                    : new JudgedAnswer(200, service.Headers, [], IsGrpc: false);
            }

            if (!GrpcMessages.TryReadFrame(body, out var message))
            {
                return null;
            }

            var request = new CheckedRequest(message);
            return new JudgedAnswer(200, [], Write(service.Deny.FirstOrDefault(rule => rule.Fits(request.Value, random))), IsGrpc: true);
        }

        /// <summary>A CheckResponse.</summary>
        private byte[] Write(DenyRule? denied)
        {
            var output = new ProtoWriter();
            var status = output.Begin(1);
            if (denied is not null)
            {
                output.WriteVarint(1, PermissionDenied);
            }

            output.End(status);
            var response = output.Begin(denied is null ? 3 : 2);
            if (denied is not null)
            {
                var http = output.Begin(1);
                output.WriteVarint(1, (ulong)denied.Status);
                output.End(http);
                output.WriteText(3, denied.Body);
            }
            else
            {
                foreach (var (name, value) in service.Headers)
                {
                    var option = output.Begin(2);
                    var header = output.Begin(1);
                    output.WriteText(1, name);
                    output.WriteText(2, value);
                    output.End(header);
                    output.End(option);
                }
            }

            output.End(response);
            return output.Span.ToArray();
        }

        private static string? Value(HeaderMap head, string name)
        {
            var index = head.IndexOf(Encoding.Latin1.GetBytes(name));
            return index < 0 ? null : Encoding.Latin1.GetString(head[index].Value);
        }
    }

    /// <summary>What a CheckRequest says of the request.</summary>
    private sealed class CheckedRequest
    {
        private readonly Dictionary<string, string> headers = new(StringComparer.Ordinal);

        public CheckedRequest(ReadOnlySpan<byte> message)
        {
            // attributes, request, http.
            var http = Inner(Inner(Inner(message, 1), 4), 2);
            var reader = new ProtoReader(http);
            while (reader.Read())
            {
                switch (reader.Field)
                {
                    case 2:
                        headers[":method"] = reader.Text();
                        break;
                    case 3:
                        AddHeader(reader.Bytes, 1, 2);
                        break;
                    case 4:
                        headers[":path"] = reader.Text();
                        break;
                    case 5:
                        headers[":authority"] = reader.Text();
                        break;
                    case 13:
                        AddHeaders(reader.Bytes);
                        break;
                }
            }
        }

        public string? Value(string name) => headers.GetValueOrDefault(name);

        /// <summary>header_map.</summary>
        private void AddHeaders(ReadOnlySpan<byte> map)
        {
            var reader = new ProtoReader(map);
            while (reader.Read())
            {
                if (reader.Is(1, ProtoWireType.Bytes))
                {
                    AddHeader(reader.Bytes, 1, 3);
                }
            }
        }

        private void AddHeader(ReadOnlySpan<byte> entry, int nameField, int valueField)
        {
            var (name, value) = ("", "");
            var reader = new ProtoReader(entry);
            while (reader.Read())
            {
                name = reader.Is(nameField, ProtoWireType.Bytes) ? reader.Text() : name;
                value = reader.Is(valueField, ProtoWireType.Bytes) || reader.Is(2, ProtoWireType.Bytes) ? Encoding.Latin1.GetString(reader.Bytes) : value;
            }

            _ = headers.TryAdd(name, value);
        }

        private static ReadOnlySpan<byte> Inner(ReadOnlySpan<byte> message, int field)
        {
            ReadOnlySpan<byte> inner = default;
            var reader = new ProtoReader(message);
            while (reader.Read())
            {
                inner = reader.Is(field, ProtoWireType.Bytes) ? reader.Bytes : inner;
            }

            return inner;
        }
    }
}

/// <summary>What is denied: a request that all of this fits.</summary>
/// <param name="PathPrefix">The path begins so; empty for any.</param>
/// <param name="Method">Empty for any.</param>
/// <param name="Header">The name of a header that is looked at; empty for none.</param>
/// <param name="Values">Values of that header, of which it has one; empty where it must not be there at all.</param>
/// <param name="Share">Of what fits, drawn for each.</param>
/// <param name="Status">Of the denial.</param>
/// <param name="Body">Of the denial.</param>
public sealed record DenyRule(string PathPrefix, string Method, string Header, ImmutableArray<string> Values, double Share, int Status, string Body)
{
    /// <param name="value">The value of a header or pseudo header; null for none.</param>
    public bool Fits(Func<string, string?> value, RandomStream random) =>
        value(":path")?.StartsWith(PathPrefix, StringComparison.Ordinal) != false
        && (Method.Length == 0 || value(":method") == Method)
        && (Header.Length == 0 || (value(Header) is { } found ? Values.Contains(found, StringComparer.Ordinal) : Values.IsEmpty))
        && (Share >= 1 || random.NextDouble() < Share);
}
