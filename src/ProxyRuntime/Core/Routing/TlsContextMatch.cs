namespace MeshSim.ProxyRuntime.Core;

/// <summary>tls_context of a route match: tests the client certificate. Without TLS it never fits, unless it asks for nothing.</summary>
/// <param name="Presented">A certificate was presented; null: it does not matter.</param>
/// <param name="Validated">The certificate was found valid; null: it does not matter.</param>
public sealed record TlsContextMatch(bool? Presented, bool? Validated)
{
    public bool Matches(ConnectionInfo? connection)
    {
        if (connection is not { IsTls: true })
        {
            return Presented is null && Validated is null;
        }

        return (Presented is null || Presented == connection.PeerCertificatePresented)
            && (Validated is null || Validated == connection.PeerCertificateValidated);
    }

    public override string ToString() => $"client certificate: presented {Presented}, validated {Validated}";
}
