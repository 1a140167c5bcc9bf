using System.Text;
using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Whatever is done to a map, it has the lines that a plain list would have, and finds them.</summary>
public class HeaderMapPropertyTests
{
    /// <summary>Inline ones, listed ones, and others: of the same length, of the same tag, in either case.</summary>
    private static readonly string[] Names = ["server", "via", "cookie", "Set-Cookie", "x-aaaa", "X-AAAA", "x-baaa", "x-caaa", "x-b"];

    [Fact]
    public void It_does_what_a_list_does() =>
        Gen.Select(Gen.Int[0, 19], Gen.Int[0, Names.Length - 1], Gen.String[Gen.Char["ab"], 0, 3])
            .Array[0, 80]
            .Sample(
                steps =>
                {
                    var map = new HeaderMap();
                    List<(string Name, string Value)> list = [];
                    foreach (var (action, name, value) in steps)
                    {
                        Do(map, action, Names[name], value);
                        Do(list, action, Names[name], value);
                        if (map.ToString() != string.Concat(list.Select(static line => $"{line.Name}: {line.Value}\n")) || !FindsAll(map, list))
                        {
                            return false;
                        }
                    }

                    return true;
                },
                iter: 2_000
            );

    private static void Do(HeaderMap map, int action, string name, string value)
    {
        var bytes = Encoding.Latin1.GetBytes(value);
        switch (action)
        {
            case 0:
                _ = map.Remove(HeaderName.Of(name));
                break;
            case 1:
                _ = map.Remove(Encoding.Latin1.GetBytes(name));
                break;
            case 2:
                map.Set(HeaderName.Of(name), bytes);
                break;
            case 3:
                map.AppendTo(HeaderName.Of(name), bytes, (byte)';');
                break;
            default:
                map.Add(name, value);
                break;
        }
    }

    private static void Do(List<(string Name, string Value)> list, int action, string name, string value)
    {
        var first = list.FindIndex(line => Same(line.Name, name));
        switch (action)
        {
            case 0 or 1:
                _ = list.RemoveAll(line => Same(line.Name, name));
                break;
            case 2 when first >= 0:
                list[first] = (list[first].Name, value);
                for (var i = list.Count - 1; i > first; i--)
                {
                    if (Same(list[i].Name, name))
                    {
                        list.RemoveAt(i);
                    }
                }

                break;
            case 2 or 3 when first < 0:
                list.Add((name.ToLowerInvariant(), value));
                break;
            case 3:
                Join(list, first, value, ";");
                break;
            default:
                if (first >= 0 && name is ("server" or "via"))
                {
                    Join(list, first, value, ",");
                }
                else
                {
                    list.Add((name, value));
                }

                break;
        }
    }

    private static void Join(List<(string Name, string Value)> list, int at, string value, string separator)
    {
        var old = list[at].Value;
        list[at] = (list[at].Name, old + (old.Length > 0 && value.Length > 0 ? separator : "") + value);
    }

    private static bool FindsAll(HeaderMap map, List<(string Name, string Value)> list)
    {
        foreach (var name in Names)
        {
            for (var from = 0; from <= list.Count; from++)
            {
                var expected = list.FindIndex(from, line => Same(line.Name, name));
                if (map.IndexOf(HeaderName.Of(name), from) != expected || map.IndexOf(Encoding.Latin1.GetBytes(name), from) != expected)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
