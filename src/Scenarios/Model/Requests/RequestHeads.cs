using System.Globalization;
using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>
/// The requests of one kind, one for each key, as proxies get them: simulated and live clients send the same. Made when they are first
/// asked for, and kept; owned by one thread.
/// </summary>
/// <param name="zipf">The header that has the key; null for none.</param>
/// <param name="synthetic">Those of made up people; null for none.</param>
/// <param name="keys">How many keys there are, at least 1.</param>
public sealed class RequestHeads(RequestShape shape, ZipfHeader? zipf, SyntheticRequests? synthetic, int keys)
{
    private readonly (HeaderMap Head, int ContentLength)?[] heads = new (HeaderMap Head, int ContentLength)?[keys];

    /// <summary>Frozen: shared by all requests with that key.</summary>
    public HeaderMap Head(int key) => (heads[key] ??= Make(Shape(key), key)).Head;

    /// <summary>Bytes of the body.</summary>
    public int ContentLength(int key) => (heads[key] ??= Make(Shape(key), key)).ContentLength;

    /// <summary>The body: its text, or <c>x</c> as often as it has bytes.</summary>
    public byte[] Body(int key) => Shape(key) is var full && full.Body is { } text ? Encoding.UTF8.GetBytes(text) : Filled(full.BodyBytes);

    private static byte[] Filled(int bytes)
    {
        var body = new byte[bytes];
        body.AsSpan().Fill((byte)'x');
        return body;
    }

    private RequestShape Shape(int key) => synthetic?.Shape(shape, key) ?? shape;

    private (HeaderMap Head, int ContentLength) Make(RequestShape full, int key)
    {
        var map = new HeaderMap();
        map.Add(":method", full.Method);
        map.Add(":path", full.Path);
        map.Add(":authority", full.Host);
        foreach (var (name, value) in full.Headers)
        {
            map.Add(name, value);
        }

        if (zipf is not null)
        {
            map.Add(zipf.Header, string.Create(CultureInfo.InvariantCulture, $"{zipf.Prefix}{key}"));
        }

        var length = full.ContentLength;
        if (length > 0)
        {
            map.Set(HeaderName.ContentLength, length);
        }

        return (map.Freeze(), length);
    }
}
