namespace MeshSim.ProxyRuntime.Core;

/// <summary>Statistics under <c>listener_manager.lds.</c></summary>
internal sealed class ListenerDiscoveryStats
{
    private const string Root = "listener_manager.lds.";

    private readonly SubscriptionStats subscription;
    private readonly Counter success;

    public ListenerDiscoveryStats(StatSheet sheet)
    {
        subscription = new SubscriptionStats(sheet, Root);
        UpdateAttempt = sheet.Counter(Root + "update_attempt");
        UpdateFailure = sheet.Counter(Root + "update_failure");
        success = sheet.Counter(Root + "update_success");
    }

    public Counter UpdateAttempt { get; }

    /// <summary>The file could not be read.</summary>
    public Counter UpdateFailure { get; }

    /// <summary>Something in it was refused.</summary>
    public Counter UpdateRejected => subscription.UpdateRejected;

    /// <summary>All of it was taken over.</summary>
    public void Succeeded(long unixNs, string version)
    {
        success.Increment();
        subscription.Succeeded(unixNs, version);
    }
}
