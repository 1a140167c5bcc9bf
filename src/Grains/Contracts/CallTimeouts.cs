namespace MeshSim.Grains.Contracts;

/// <summary>How long calls may take.</summary>
public static class CallTimeouts
{
    /// <summary>Calls that simulate: as long as it takes. When the silo they went to is lost, the caller's silo tells.</summary>
    public const string Long = "1.00:00:00";

    /// <summary>
    /// All others. A client is not told of the loss of a silo that its gateway passed a call to, so this is also how long it takes a client
    /// to find out; a run that goes on is heard of twice as often.
    /// </summary>
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(20);
}
