namespace MeshSim.ProxyRuntime.Core;

/// <summary>The lists of one priority that hosts are picked from, each with a picker of its own, as its turn goes on apart from the others'.</summary>
internal sealed class HostSources(Func<HostPicker> newPicker)
{
    private readonly List<HostPicker> healthyLocalities = [];
    private readonly List<HostPicker> degradedLocalities = [];

    public HostPicker All { get; } = newPicker();

    public HostPicker Healthy { get; } = newPicker();

    public HostPicker Degraded { get; } = newPicker();

    public HostPicker OfHealth(bool degraded) => degraded ? Degraded : Healthy;

    public HostPicker OfLocality(int locality, bool degraded) => (degraded ? degradedLocalities : healthyLocalities)[locality];

    public void Update(HostSet set)
    {
        All.Update(set.All);
        Healthy.Update(set.Healthy);
        Degraded.Update(set.Degraded);
        for (var i = 0; i < set.Localities.Length; i++)
        {
            if (i == healthyLocalities.Count)
            {
                healthyLocalities.Add(newPicker());
                degradedLocalities.Add(newPicker());
            }

            healthyLocalities[i].Update(set.Localities[i].Healthy);
            degradedLocalities[i].Update(set.Localities[i].Degraded);
        }
    }
}
