using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Changes one endpoint of a cluster of type EDS. One that is not there, or not any more, changes nothing.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Address">The endpoint's, an IP address and a port.</param>
public abstract record AssignmentEdit(string Cluster, NetworkAddress Address) : EntityCommand
{
    public abstract EndpointAssignment Apply(EndpointAssignment current);

    protected bool IsMeant(EndpointSnapshot endpoint) => endpoint.Address == Address.Ip && endpoint.Port == Address.Port;

    protected EndpointAssignment Each(EndpointAssignment current, Func<EndpointSnapshot, EndpointSnapshot> change) =>
        current with
        {
            Endpoints = [.. current.Endpoints.Select(endpoint => IsMeant(endpoint) ? change(endpoint) : endpoint)],
        };
}

/// <summary>load_balancing_weight, at least 1.</summary>
public sealed record WeightCommand(string Cluster, NetworkAddress Address, uint Weight) : AssignmentEdit(Cluster, Address)
{
    public override EndpointAssignment Apply(EndpointAssignment current) => Each(current, endpoint => endpoint with { Weight = Weight });
}

/// <summary>health_status.</summary>
public sealed record HealthCommand(string Cluster, NetworkAddress Address, EdsHealth Health) : AssignmentEdit(Cluster, Address)
{
    public override EndpointAssignment Apply(EndpointAssignment current) => Each(current, endpoint => endpoint with { Health = Health });
}

/// <summary>An endpoint more; one that is there already gets this weight and priority.</summary>
public sealed record AddCommand(string Cluster, NetworkAddress Address, uint Weight, int Priority) : AssignmentEdit(Cluster, Address)
{
    public override EndpointAssignment Apply(EndpointAssignment current) =>
        current.Endpoints.Any(IsMeant)
            ? Each(current, endpoint => endpoint with { Weight = Weight, Priority = Priority })
            : current with
            {
                Endpoints =
                [
                    .. current.Endpoints,
                    new EndpointSnapshot
                    {
                        Address = Address.Ip,
                        Port = Address.Port,
                        Weight = Weight,
                        Priority = Priority,
                    },
                ],
            };
}

/// <summary>An endpoint less.</summary>
public sealed record RemoveCommand(string Cluster, NetworkAddress Address) : AssignmentEdit(Cluster, Address)
{
    public override EndpointAssignment Apply(EndpointAssignment current) =>
        current with
        {
            Endpoints = [.. current.Endpoints.Where(endpoint => !IsMeant(endpoint))],
        };
}
