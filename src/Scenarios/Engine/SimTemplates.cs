using System.Globalization;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>The header maps of simulated messages, made once and shared: a request costs no copy of its headers.</summary>
internal sealed class SimTemplates
{
    private readonly HeaderMap[] requests;
    private readonly Dictionary<(int Status, int Bytes), HeaderMap> responses = [];
    private readonly Dictionary<(int Status, ResponseFlags Flags), string> outcomes = [];

    public SimTemplates(Scenario scenario) => requests = [.. scenario.Load.Select(Request)];

    public HeaderMap Request(int load) => requests[load];

    public HeaderMap Response(int status, int bytes)
    {
        if (!responses.TryGetValue((status, bytes), out var map))
        {
            map = new HeaderMap();
            map.Set(HeaderName.Status, status);
            map.Set(HeaderName.ContentLength, bytes);
            responses[(status, bytes)] = map.Freeze();
        }

        return map;
    }

    /// <summary><c>200</c>, or <c>503 UF,URX</c> with the flags in the order they were set.</summary>
    public string Outcome(StreamInfo info)
    {
        var key = (info.ResponseCode, info.Flags);
        if (!outcomes.TryGetValue(key, out var text))
        {
            var flags = string.Join(',', Enumerable.Range(0, info.Flags.Count).Select(i => info.Flags[i].ShortName()));
            text = info.ResponseCode.ToString(CultureInfo.InvariantCulture);
            outcomes[key] = text = flags.Length == 0 ? text : $"{text} {flags}";
        }

        return text;
    }

    private static HeaderMap Request(LoadModel load)
    {
        var map = new HeaderMap();
        map.Add(":method", load.Method);
        map.Add(":path", load.Path);
        map.Add(":authority", load.Host);
        return map.Freeze();
    }
}
