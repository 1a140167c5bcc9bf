namespace MeshSim.ProxyRuntime.Core;

/// <summary>TlsParameters.TlsProtocol, as far as it is spoken here.</summary>
public enum TlsVersion : byte
{
    Tls12,
    Tls13,
}

/// <summary>Versions as logs and statistics name them.</summary>
public static class TlsVersions
{
    public static string Name(TlsVersion version) => version == TlsVersion.Tls12 ? "TLSv1.2" : "TLSv1.3";
}
