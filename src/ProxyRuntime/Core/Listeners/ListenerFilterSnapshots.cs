namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.listener.tls_inspector: looks at the first bytes of a connection for what a TLS client asks for.</summary>
/// <param name="MaxClientHelloBytes">max_client_hello_size, 256 to 16384. Default 16384.</param>
/// <param name="ClosesOnParsingErrors">close_connection_on_client_hello_parsing_errors. Default false: what is no TLS is plain text.</param>
public sealed record TlsInspectorSnapshot(int MaxClientHelloBytes = ClientHelloReader.DefaultMaxBytes, bool ClosesOnParsingErrors = false);
