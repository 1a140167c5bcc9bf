using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>A connection of a load generator: the client learns the status, when the whole answer is there.</summary>
internal sealed class LoadDownstream(SimWorker worker, DownstreamPeer client) : DownstreamLink(worker, client)
{
    private int status;

    public override void Carry(in Effect effect, ReadOnlySpan<byte> content)
    {
        if (effect.Kind is EffectKind.LocalReply or EffectKind.ForwardHeaders)
        {
            status = effect.Head!.StatusCode();
        }

        if (effect.EndStream || effect.Kind is EffectKind.LocalReply or EffectKind.ForwardTrailers)
        {
            SayAnswered(status);
        }
    }
}
