using System.Buffers.Binary;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Reads the ClientHello at the begin of a connection, however it is split. Looks only: the bytes stay for the handshake.</summary>
public static class ClientHelloReader
{
    /// <summary>max_client_hello_size when not given.</summary>
    public const int DefaultMaxBytes = 16 * 1024;

    private const int RecordHeader = 5;
    private const int MaxRecord = 16 * 1024;
    private const byte HandshakeRecord = 22;
    private const byte ClientHelloMessage = 1;

    /// <param name="bytes">Everything that has come so far.</param>
    /// <param name="maxBytes">More are not waited for.</param>
    /// <param name="hello">What it says, once complete.</param>
    public static ClientHelloState Read(ReadOnlySpan<byte> bytes, int maxBytes, out ClientHello hello)
    {
        hello = ClientHello.Empty;
        var message = new byte[Math.Min(bytes.Length, maxBytes)];
        var state = Assemble(bytes, message, out var length);
        if (state == ClientHelloState.NeedMore && bytes.Length >= maxBytes)
        {
            return ClientHelloState.TooLarge;
        }

        if (state != ClientHelloState.Complete)
        {
            return state;
        }

        return Parse(new TlsBytes(message.AsSpan(4, length - 4)), out hello) ? ClientHelloState.Complete : ClientHelloState.NotTls;
    }

    /// <summary>Puts the message together from as many records as it takes.</summary>
    private static ClientHelloState Assemble(ReadOnlySpan<byte> bytes, Span<byte> message, out int length)
    {
        length = 0;
        while (true)
        {
            if (!StartsRecord(bytes))
            {
                return ClientHelloState.NotTls;
            }

            if (bytes.Length < RecordHeader)
            {
                return ClientHelloState.NeedMore;
            }

            var size = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
            if (size is 0 or > MaxRecord)
            {
                return ClientHelloState.NotTls;
            }

            var part = bytes.Slice(RecordHeader, Math.Min(size, bytes.Length - RecordHeader));
            if (length + part.Length > message.Length)
            {
                return ClientHelloState.NeedMore; // Longer than is waited for.
            }

            part.CopyTo(message[length..]);
            length += part.Length;
            if (length > 0 && message[0] != ClientHelloMessage)
            {
                return ClientHelloState.NotTls;
            }

            if (length >= 4)
            {
                var wanted = 4 + (message[1] << 16 | message[2] << 8 | message[3]);
                if (length >= wanted)
                {
                    length = wanted;
                    return ClientHelloState.Complete;
                }
            }

            if (part.Length < size)
            {
                return ClientHelloState.NeedMore;
            }

            bytes = bytes[(RecordHeader + size)..];
        }
    }

    /// <summary>True for bytes that a record of the handshake may begin with.</summary>
    private static bool StartsRecord(ReadOnlySpan<byte> bytes) =>
        (bytes.Length < 1 || bytes[0] == HandshakeRecord) && (bytes.Length < 2 || bytes[1] == 3) && (bytes.Length < 3 || bytes[2] <= 4);

    private static bool Parse(TlsBytes body, out ClientHello hello)
    {
        hello = ClientHello.Empty;
        if (
            !body.TryU16(out var version)
            || !body.TrySkip(32)
            || !body.TryVector8(out _)
            || !body.TryVector16(out var suites)
            || suites.Length < 2
            || !body.TryVector8(out _)
        )
        {
            return false;
        }

        var found = new Findings { MaxVersion = version };
        if (body.Length > 0 && (!body.TryVector16(out var extensions) || !found.Read(extensions)))
        {
            return false;
        }

        hello = new ClientHello(found.ServerName, found.Protocols, found.OffersProtocols, found.SignsEcdsa && found.KnowsCurve, found.MaxVersion);
        return true;
    }

    /// <summary>What the extensions say.</summary>
    private ref struct Findings
    {
        private const int ServerNameExtension = 0;
        private const int SupportedGroups = 10;
        private const int SignatureAlgorithms = 13;
        private const int Alpn = 16;
        private const int SupportedVersions = 43;

        public Findings() { }

        public string ServerName { get; private set; } = "";

        public List<string> Protocols { get; } = [];

        public bool OffersProtocols { get; private set; }

        public bool SignsEcdsa { get; private set; }

        public bool KnowsCurve { get; private set; }

        public int MaxVersion { get; set; }

        public bool Read(TlsBytes extensions)
        {
            while (extensions.Length > 0)
            {
                if (!extensions.TryU16(out var type) || !extensions.TryVector16(out var content))
                {
                    return false;
                }

                if (!Take(type, content))
                {
                    return false;
                }
            }

            return true;
        }

        private bool Take(int type, TlsBytes content)
        {
            switch (type)
            {
                case ServerNameExtension:
                    return TakeServerName(content);
                case SupportedGroups:
                    KnowsCurve = content.TryVector16(out var groups) && groups.AnyU16(static group => group is 23 or 24 or 25);
                    return true;
                case SignatureAlgorithms:
                    SignsEcdsa = content.TryVector16(out var algorithms) && algorithms.AnyU16(static algorithm => algorithm is 0x0403 or 0x0503 or 0x0603);
                    return true;
                case Alpn:
                    TakeProtocols(content);
                    return true;
                case SupportedVersions:
                    if (content.TryVector8(out var versions) && versions.AnyU16(static version => version == 0x0304))
                    {
                        MaxVersion = 0x0304;
                    }

                    return true;
                default:
                    return true;
            }
        }

        private bool TakeServerName(TlsBytes content)
        {
            if (!content.TryVector16(out var list) || !list.TryU8(out var kind) || !list.TryVector16(out var name) || list.Length > 0)
            {
                return false;
            }

            if (kind != 0 || name.Length is 0 or > 255 || name.Span.Contains((byte)0))
            {
                return false;
            }

            ServerName = Encoding.Latin1.GetString(name.Span).ToLowerInvariant();
            return true;
        }

        /// <summary>A list that is broken is left to the handshake.</summary>
        private void TakeProtocols(TlsBytes content)
        {
            if (!content.TryVector16(out var list) || content.Length > 0 || list.Length < 2)
            {
                return;
            }

            List<string> names = [];
            while (list.Length > 0)
            {
                if (!list.TryVector8(out var name) || name.Length == 0)
                {
                    return;
                }

                names.Add(Encoding.Latin1.GetString(name.Span));
            }

            OffersProtocols = true;
            Protocols.AddRange(names);
        }
    }
}
