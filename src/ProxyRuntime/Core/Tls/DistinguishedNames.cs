using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Names of certificates as text by RFC 2253, with OpenSSL's short names and escapes.</summary>
internal static class DistinguishedNames
{
    private const string CommonNameOid = "2.5.4.3";

    private static readonly SortedDictionary<string, string> ShortNames = new(StringComparer.Ordinal)
    {
        [CommonNameOid] = "CN",
        ["2.5.4.4"] = "SN",
        ["2.5.4.5"] = "serialNumber",
        ["2.5.4.6"] = "C",
        ["2.5.4.7"] = "L",
        ["2.5.4.8"] = "ST",
        ["2.5.4.9"] = "street",
        ["2.5.4.10"] = "O",
        ["2.5.4.11"] = "OU",
        ["2.5.4.12"] = "title",
        ["2.5.4.13"] = "description",
        ["2.5.4.17"] = "postalCode",
        ["2.5.4.42"] = "GN",
        ["2.5.4.43"] = "initials",
        ["2.5.4.46"] = "dnQualifier",
        ["0.9.2342.19200300.100.1.1"] = "UID",
        ["0.9.2342.19200300.100.1.25"] = "DC",
        ["1.2.840.113549.1.9.1"] = "emailAddress",
    };

    /// <summary>The last part first: <c>CN=client one,O=clients</c>.</summary>
    public static string Text(X500DistinguishedName name)
    {
        var text = new StringBuilder();
        foreach (var part in name.EnumerateRelativeDistinguishedNames(reversed: true))
        {
            if (text.Length > 0)
            {
                _ = text.Append(',');
            }

            if (part.HasMultipleElements)
            {
                continue; // .NET takes only single ones apart.
            }

            var type = part.GetSingleElementType().Value ?? "";
            _ = text.Append(ShortNames.GetValueOrDefault(type, type)).Append('=');
            Escape(text, part.GetSingleElementValue() ?? "");
        }

        return text.ToString();
    }

    /// <summary>Empty for none.</summary>
    public static string CommonName(X500DistinguishedName name)
    {
        foreach (var part in name.EnumerateRelativeDistinguishedNames(reversed: false))
        {
            if (!part.HasMultipleElements && part.GetSingleElementType().Value == CommonNameOid)
            {
                return part.GetSingleElementValue() ?? "";
            }
        }

        return "";
    }

    private static void Escape(StringBuilder text, string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            var atEdge = (i == 0 && c is ' ' or '#') || (i == value.Length - 1 && c == ' ');
            if (c is ',' or '+' or '"' or '\\' or '<' or '>' or ';' || atEdge)
            {
                _ = text.Append('\\').Append(c);
            }
            else if (c is >= ' ' and < (char)0x7F)
            {
                _ = text.Append(c);
            }
            else
            {
                var pair = char.IsHighSurrogate(c) && i + 1 < value.Length;
                foreach (var octet in Encoding.UTF8.GetBytes(value.Substring(i, pair ? 2 : 1)))
                {
                    _ = text.Append(CultureInfo.InvariantCulture, $"\\{octet:X2}");
                }

                i += pair ? 1 : 0;
            }
        }
    }
}
