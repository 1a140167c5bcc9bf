namespace MeshSim.ProxyRuntime.Core;

/// <summary>A filter that changes no decision that is modelled; its configuration is accepted, and what it would do is said in a warning.</summary>
public sealed record PassThroughSettings : IHttpFilterSettings;

/// <summary>Lets everything pass.</summary>
internal sealed class PassThroughFilter : HttpFilter
{
    public override void Begin(ActiveStream stream) { }

    public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream) => FilterStatus.Continue;
}
