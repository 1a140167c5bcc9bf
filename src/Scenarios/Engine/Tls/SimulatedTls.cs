namespace MeshSim.Scenarios.Engine;

/// <summary>The handshakes of a simulation whose peers speak bytes. Events carry numbers: of what somebody offers, and of how it ended. 0 is nothing.</summary>
internal sealed class SimulatedTls(long epochUnixNs)
{
    private readonly List<TlsClientParty> offers = [];
    private readonly List<TlsConclusion> conclusions = [];

    /// <summary>Somebody begins a handshake.</summary>
    public int Offer(TlsClientParty client)
    {
        offers.Add(client);
        return offers.Count;
    }

    public TlsClientParty? OfferOf(int number) => number == 0 ? null : offers[number - 1];

    /// <summary>The other side answers it.</summary>
    public int Conclude(TlsClientParty client, TlsServerParty server, long nowNs)
    {
        conclusions.Add(TlsNegotiation.Run(client, server, epochUnixNs + nowNs));
        return conclusions.Count;
    }

    public TlsConclusion? ConclusionOf(int number) => number == 0 ? null : conclusions[number - 1];
}
