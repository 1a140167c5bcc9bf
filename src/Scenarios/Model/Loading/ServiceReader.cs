using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads one service of a scenario.</summary>
internal static class ServiceReader
{
    public static ServiceRole Read(FieldReader fields, ReadingContext context)
    {
        var name = fields.Text("name", about: "what configurations resolve");
        var addresses = fields.Texts("address", "IP addresses of its replicas, for configurations that name endpoints by address");
        var replicas = fields.Integer("replicas", Math.Max(1, addresses.Length), 1, 10_000, "how many of it there are");
        var discipline = fields.Word(
            "discipline",
            ["fifo", "lifo", "priority"],
            "fifo",
            "who gets a worker next: who has waited longest, who came last, or who has the smallest number in 'priority_header'"
        );
        var role = new ServiceRole(
            name,
            fields.Integer("port", 80, 1, 65_535, "where it listens"),
            replicas,
            fields.Integer("workers", 1, 1, 100_000, "requests a replica serves at once"),
            TimeReader.Read(fields, "service_time", null, "how long a request takes a worker, before its calls", context),
            fields.Integer("response_bytes", 100, 0, int.MaxValue, "body bytes of an answer")
        )
        {
            Addresses = Checked(fields, addresses, replicas),
            OverheadNs = fields.DurationNs("overhead", "0s", "how much longer than drawn every request holds its worker; no fault changes it"),
            DnsTtlS = (uint)fields.Integer("dns_ttl_s", 0, 0, int.MaxValue, "seconds that DNS says its addresses hold, for respect_dns_ttl"),
            HandshakeRoundTrips = fields.Integer("handshake_round_trips", 1, 1, 10, "until a connection is up: 1 for TCP, 2 with TLS 1.3, 3 with TLS 1.2"),
            QueueLimit = fields.OptionalInteger("queue_limit", 0, int.MaxValue, "no limit", "most requests that wait for a worker") ?? int.MaxValue,
            QueueFullStatus = fields.Integer("queue_full_status", 503, 400, 599, "answered at once where the queue is full"),
            Discipline = Enum.Parse<QueueDiscipline>(discipline, ignoreCase: true),
            PriorityHeader = PriorityHeader(fields, discipline),
            Status = fields.Integer("status", 200, 200, 599, "of an answer where all went well"),
            ErrorRate = fields.Fraction("error_rate", "0", "share of the answers that is an error for no reason of a fault"),
            ErrorStatus = fields.Integer("error_status", 503, 400, 599, "of these"),
            WarmUp = WarmUp(fields),
            Sidecar = SidecarOf(fields, context),
            CallFailedStatus = fields.Integer("call_failed_status", 500, 400, 599, "of an answer when one of its calls failed"),
            Zones = ProxyReader.Zones(fields, context),
            Nodes = fields.Texts("node", "the machine it is on, whose CPU time it shares; of several names its replicas take turns"),
            HonoursDeadline = fields.Flag("honours_deadline", "stops when x-envoy-expected-rq-timeout-ms is over, and answers 504"),
            Cancels = fields.Flag("cancels", "stops its work and its calls when its caller is gone; else it goes on and holds its worker"),
            IdleTimeoutNs = fields.DurationNs("idle_timeout", "0s", "closes connections without a request for so long; 0 for never"),
            Judge = Judge(fields, replicas, context),
            MaxRequestsPerConnection = fields.Integer("max_requests_per_connection", 0, 0, int.MaxValue, "closes a connection after so many; 0 for never"),
        };
        foreach (var field in (string[])["honours_deadline", "cancels", "idle_timeout", "max_requests_per_connection", "rate_limits", "ext_authz"])
        {
            context.SimulatedOnly(fields, field);
        }

        role = role with { Steps = CallReader.Read(fields, role.Sidecar is not null, context) };
        return role with { Routes = Routes(fields, role, context) };
    }

    private static ImmutableArray<string> Checked(FieldReader fields, ImmutableArray<string> addresses, int replicas)
    {
        foreach (var text in addresses.Where(static text => !System.Net.IPAddress.TryParse(text, out _)))
        {
            fields.Problem("address", $"'{text}' is not accepted; accepted is an IP address for each replica");
            return [];
        }

        if (addresses.Length > 0 && addresses.Length != replicas)
        {
            fields.Problem(
                "address",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"there are {replicas} replicas and {addresses.Length} addresses; accepted is an IP address for each"
                )
            );
            return [];
        }

        return addresses;
    }

    private static string? PriorityHeader(FieldReader fields, string discipline)
    {
        var header = fields.Text("priority_header", "", "of discipline priority: the request header with a number from 0, which goes first, to 7");
        if (discipline == "priority" != header.Length > 0)
        {
            fields.Problem(
                header.Length > 0 ? "priority_header" : "discipline",
                header.Length > 0 ? "only discipline 'priority' looks at a header" : "discipline 'priority' needs 'priority_header'"
            );
        }

        return header.Length > 0 ? header.ToLowerInvariant() : null;
    }

    private static ServiceJudge? Judge(FieldReader fields, int replicas, ReadingContext context)
    {
        ServiceJudge? limits = RateLimitReader.Read(fields, context);
        ServiceJudge? authorization = AuthorizationReader.Read(fields);
        if (limits is not null && authorization is not null)
        {
            fields.Problem("ext_authz", "a service is one or the other: give 'rate_limits' or 'ext_authz'");
        }

        if (limits is not null && replicas > 1)
        {
            fields.Problem("replicas", "what a rate limit service counts is in one place: accepted is one replica, with as many workers as it needs");
        }

        return limits ?? authorization;
    }

    private static ServiceWarmUp? WarmUp(FieldReader outer)
    {
        if (outer.Object("warm_up", "none", "a replica that has just started is slower") is not { } fields)
        {
            return null;
        }

        var warmUp = new ServiceWarmUp(
            fields.Number("factor", null, min: 1, max: 1000, about: "what service times are multiplied by at the start; falls to 1 in a straight line"),
            fields.DurationNs("over", about: "how long that takes"),
            fields.Flag("at_begin", "replicas that are there at the begin of the run have just started, too")
        );
        fields.End();
        return warmUp;
    }

    private static ImmutableArray<ServiceRoute> Routes(FieldReader outer, ServiceRole role, ReadingContext context)
    {
        var routes = outer.Each("routes", "what is different for some paths; the first whose prefix fits", fields => Route(fields, role, context));
        if (routes.Length > ServiceRole.MaxRoutes)
        {
            outer.Problem("routes", string.Create(CultureInfo.InvariantCulture, $"at most {ServiceRole.MaxRoutes} routes are accepted"));
        }

        return routes;
    }

    /// <summary>What is not said is as for the service.</summary>
    private static ServiceRoute Route(FieldReader fields, ServiceRole role, ReadingContext context)
    {
        const string same = "as for the service";
        var prefix = fields.Text("prefix", about: "paths that begin so");
        if (!prefix.StartsWith('/') && prefix.Length > 0)
        {
            fields.Problem("prefix", $"'{prefix}' is not accepted; accepted is the begin of a path, with its '/'");
        }

        return new ServiceRoute(
            prefix,
            TimeReader.Read(fields, "service_time", role.ServiceTime, same, context),
            fields.OptionalInteger("response_bytes", 0, int.MaxValue, same, "body bytes of an answer") ?? role.ResponseBytes
        )
        {
            Steps = Steps(fields, role, context),
            Status = fields.OptionalInteger("status", 200, 599, same, "of an answer where all went well") ?? role.Status,
            ErrorRate = fields.OptionalFraction("error_rate", same, "share of the answers that is an error") ?? role.ErrorRate,
            ErrorStatus = fields.OptionalInteger("error_status", 400, 599, same, "of these") ?? role.ErrorStatus,
        };
    }

    /// <summary>A route without calls of its own makes those of the service; <c>calls: []</c> makes none.</summary>
    private static ImmutableArray<PlanStep> Steps(FieldReader fields, ServiceRole role, ReadingContext context) =>
        fields.Has("calls") || fields.IsDescribing ? CallReader.Read(fields, role.Sidecar is not null, context) : role.Steps;

    private static Sidecar? SidecarOf(FieldReader outer, ReadingContext context)
    {
        context.SimulatedOnly(outer, "sidecar");
        if (outer.Node("sidecar") is ConfigScalar { Scalar: not ScalarKind.Null } name)
        {
            return new Sidecar(name.Text, null, null);
        }

        if (outer.Object("sidecar", "none", "the proxy in its pods: its name, or an object", takesValue: true) is not { } fields)
        {
            return null;
        }

        var sidecar = new Sidecar(
            fields.Text("proxy", about: "one of the proxies; each replica of the service has one of its own"),
            fields.OptionalInteger(
                "inbound",
                1,
                65_535,
                "the service's port, if it listens there",
                "port of its listener that takes what comes to the pod's address"
            ),
            fields.OptionalInteger("outbound", 1, 65_535, "the first that is not the inbound one", "port of its listener that the application calls")
        );
        fields.End();
        return sidecar;
    }
}
