namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.extensions.filters.http.cors.v3.Cors: nothing to set; what it does stands in <see cref="CorsPolicy"/>.</summary>
public sealed record CorsSettings : IHttpFilterSettings;
