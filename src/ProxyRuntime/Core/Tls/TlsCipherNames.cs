using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Cipher suites by OpenSSL's names, as configurations, logs and statistics call them, and by their numbers.</summary>
public static class TlsCipherNames
{
    private static readonly (string Name, int Number)[] Table =
    [
        ("ECDHE-ECDSA-AES128-GCM-SHA256", 0xC02B),
        ("ECDHE-ECDSA-AES256-GCM-SHA384", 0xC02C),
        ("ECDHE-RSA-AES128-GCM-SHA256", 0xC02F),
        ("ECDHE-RSA-AES256-GCM-SHA384", 0xC030),
        ("ECDHE-RSA-CHACHA20-POLY1305", 0xCCA8),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", 0xCCA9),
        ("ECDHE-ECDSA-AES128-SHA", 0xC009),
        ("ECDHE-ECDSA-AES256-SHA", 0xC00A),
        ("ECDHE-RSA-AES128-SHA", 0xC013),
        ("ECDHE-RSA-AES256-SHA", 0xC014),
        ("ECDHE-RSA-AES128-SHA256", 0xC027),
        ("AES128-GCM-SHA256", 0x009C),
        ("AES256-GCM-SHA384", 0x009D),
        ("AES128-SHA", 0x002F),
        ("AES256-SHA", 0x0035),
        ("TLS_AES_128_GCM_SHA256", 0x1301),
        ("TLS_AES_256_GCM_SHA384", 0x1302),
        ("TLS_CHACHA20_POLY1305_SHA256", 0x1303),
    ];

    /// <summary>Those of TLS 1.3, which no configuration chooses among.</summary>
    public static ImmutableArray<int> OfTls13 { get; } = [0x1301, 0x1302, 0x1303];

    /// <summary>What cipher_suites may name.</summary>
    public static IEnumerable<string> Known => Table.Where(static entry => entry.Number >> 8 != 0x13).Select(static entry => entry.Name);

    public static bool IsKnown(string name) => Known.Contains(name, StringComparer.Ordinal);

    /// <summary>0 if it is not known.</summary>
    public static int Number(string name) => Array.Find(Table, entry => entry.Name == name).Number;

    /// <summary>Hexadecimal if it is not known.</summary>
    public static string Name(int number) => Array.Find(Table, entry => entry.Number == number).Name ?? $"0x{number:X4}";
}
