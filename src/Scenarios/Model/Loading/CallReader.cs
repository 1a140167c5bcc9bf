using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads <c>calls</c>: what an application does after its own work.</summary>
internal static class CallReader
{
    /// <param name="fields">The service or the route.</param>
    /// <param name="hasSidecar">Calls go through it unless they say otherwise.</param>
    public static ImmutableArray<PlanStep> Read(FieldReader fields, bool hasSidecar, ReadingContext context)
    {
        context.SimulatedOnly(fields, "calls");
        return fields.Each(
            "calls",
            "what follows the own work, one after the other: calls, calls in parallel, more work",
            step => Step(step, hasSidecar, context)
        );
    }

    private static PlanStep Step(FieldReader fields, bool hasSidecar, ReadingContext context)
    {
        if (fields.IsDescribing)
        {
            _ = TimeReader.Read(fields, "work", TimeModel.None, "own work in this place, instead of a call", context);
            _ = fields.Each("parallel", "calls that begin together, instead of one", inner => Call(inner, hasSidecar));
            return new CallStep([Call(fields, hasSidecar)]);
        }

        if (fields.Has("work"))
        {
            return new WorkStep(TimeReader.Read(fields, "work", null, "", context));
        }

        return fields.Has("parallel") ? new CallStep(fields.Each("parallel", "", inner => Call(inner, hasSidecar))) : new CallStep([Call(fields, hasSidecar)]);
    }

    private static OutgoingCall Call(FieldReader fields, bool hasSidecar)
    {
        var to = fields.Text("to", about: "the service");
        return new OutgoingCall(to)
        {
            Via = fields.Text(
                "via",
                hasSidecar ? OutgoingCall.BySidecar : OutgoingCall.Directly,
                "the name of a proxy, 'sidecar', or 'direct' past every proxy of the caller's; the sidecar where there is one"
            ),
            Method = fields.Text("method", "GET", "of the call"),
            Path = fields.Text("path", "/", "of the call"),
            Host = fields.Text("host", to, "that is asked for; the service's name"),
            BodyBytes = fields.Integer("body_bytes", 0, 0, int.MaxValue, "of the call"),
            TimeoutNs = fields.DurationNs("timeout", "15s", "the application waits no longer than this", positive: true),
            Probability = fields.Fraction("probability", "100%", "how often the call is made at all"),
            FailsCaller =
                fields.Word("on_failure", ["fail", "ignore"], "fail", "what an answer of 500 and more, or none, means for the caller's own answer") == "fail",
        };
    }
}
