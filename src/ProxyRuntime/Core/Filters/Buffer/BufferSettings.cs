namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.extensions.filters.http.buffer.v3.Buffer.</summary>
/// <param name="MaxRequestBytes">max_request_bytes, above 0: longer bodies are refused with 413.</param>
public sealed record BufferSettings(uint MaxRequestBytes) : IHttpFilterSettings;

/// <summary>BufferPerRoute.</summary>
/// <param name="MaxRequestBytes">buffer.max_request_bytes; null: disabled.</param>
public sealed record BufferRouteSettings(uint? MaxRequestBytes) : IRouteFilterSettings;
