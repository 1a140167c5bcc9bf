using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One entry of hash_policy: what of a request is hashed to choose a host.</summary>
/// <param name="Terminal">terminal: if there is a hash after this entry, the rest is not looked at.</param>
public abstract record HashPolicy(bool Terminal);

/// <summary>header: all values of a header, rewritten where asked for, sorted, hashed one after another.</summary>
public sealed record HeaderHashPolicy(HeaderName Name, RegexRewrite? Rewrite, bool Terminal) : HashPolicy(Terminal);

/// <summary>cookie: its value; where it is absent and a ttl is given, one is made and sent with the response.</summary>
public sealed record CookieHashPolicy(string Name, long? TtlSeconds, string Path, ImmutableArray<(string Name, string Value)> Attributes, bool Terminal)
    : HashPolicy(Terminal)
{
    internal byte[] NameBytes { get; } = Encoding.UTF8.GetBytes(Name);
}

/// <summary>connection_properties.source_ip: the address of the client, without its port.</summary>
public sealed record SourceIpHashPolicy(bool Terminal) : HashPolicy(Terminal);

/// <summary>query_parameter: its first value.</summary>
public sealed record QueryParameterHashPolicy(string Name, bool Terminal) : HashPolicy(Terminal)
{
    internal byte[] NameBytes { get; } = Encoding.UTF8.GetBytes(Name);
}

/// <summary>filter_state: the text of an object.</summary>
public sealed record FilterStateHashPolicy(string Key, bool Terminal) : HashPolicy(Terminal);
