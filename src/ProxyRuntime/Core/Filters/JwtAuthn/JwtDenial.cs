using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the answer to a denied request says.</summary>
/// <param name="Body">The text of the status.</param>
/// <param name="ResponseCodeDetails">The same for the access log, without blanks.</param>
internal sealed record JwtDenial(ReadOnlyMemory<byte> Body, string ResponseCodeDetails)
{
    private static readonly JwtDenial?[] ByStatus = MakeAll();

    public static JwtDenial Of(JwtStatus status) => ByStatus[(int)status]!;

    /// <summary>response_code_details for an error: white space would split the log line.</summary>
    public static string Details(string error) =>
        $"jwt_authn_access_denied{{{string.Create(error.Length, error, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = text[i] is ' ' or (>= '\t' and <= '\r') ? '_' : text[i];
            }
        })}}}";

    private static JwtDenial?[] MakeAll()
    {
        var statuses = Enum.GetValues<JwtStatus>();
        var all = new JwtDenial?[(int)statuses.Max() + 1];
        foreach (var status in statuses)
        {
            all[(int)status] = new JwtDenial(Encoding.UTF8.GetBytes(status.Text()), Details(status.Text()));
        }

        return all;
    }
}
