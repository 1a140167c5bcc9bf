using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model.Tests;

public class ServiceReplicaTests
{
    private const long Ms = 1_000_000;
    private const long Second = 1_000_000_000;

    private static readonly ServiceRole Role = new("svc", 80, 2, Workers: 2, new ServiceTime(ServiceTimeShape.Constant, 10 * Ms), 100) { OverheadNs = Ms };

    [Fact]
    public void Workers_serve_and_others_wait_their_turn()
    {
        var replica = New();

        Assert.Equal(11 * Ms, replica.Arrive(0, 'a'));
        Assert.Equal(12 * Ms, replica.Arrive(Ms, 'b'));
        Assert.Null(replica.Arrive(2 * Ms, 'c'));
        Assert.Null(replica.Arrive(3 * Ms, 'd'));
        Assert.Equal(2, replica.Waiting);

        Assert.Equal(200, replica.End(11 * Ms));
        Assert.True(replica.TryNext(11 * Ms, out var next, out var endsNs));
        Assert.Equal(('c', 22 * Ms), (next, endsNs));
        Assert.Equal(200, replica.End(12 * Ms));
        Assert.True(replica.TryNext(12 * Ms, out next, out endsNs));
        Assert.Equal(('d', 23 * Ms), (next, endsNs));
        Assert.Equal(200, replica.End(22 * Ms));
        Assert.False(replica.TryNext(22 * Ms, out _, out _));

        Assert.Equal(
            new EndpointRecord("svc-0", "there", 4, 3, 0, 2),
            replica.Record("svc-0", "there") with
            {
                ArrivalsBySecond = [],
                AnsweredBySecond = [],
                ErrorsBySecond = [],
                MaxQueueBySecond = [],
            }
        );
    }

    [Fact]
    public void Arrivals_are_counted_by_the_second_and_before_the_begin_not_at_all()
    {
        var replica = New();

        _ = replica.Arrive(-1, 'p');
        _ = replica.End(-1);
        _ = replica.Arrive(0, 'a');
        _ = replica.Arrive(Second - 1, 'b');
        _ = replica.Arrive(2 * Second, 'c');

        var record = replica.Record("svc-0", "");
        Assert.Equal("2,0,1", string.Join(',', record.ArrivalsBySecond));
        Assert.Equal((3, 0), (record.Arrivals, record.Answered));
    }

    [Fact]
    public void Faults_concern_their_replicas_at_their_times()
    {
        Fault[] faults =
        [
            new SlowFault("svc", [0], 3, Second, 2 * Second),
            new ErrorRateFault("svc", [0], 1, 502, Second, 2 * Second),
            new DownFault("svc", [0], 3 * Second, 4 * Second),
            new DownFault("svc", [1], 0, Second),
            new DownFault("other", [], 0, Second),
        ];
        var replica = New(faults);

        Assert.Equal(Second - 1 + (11 * Ms), replica.Arrive(Second - 1, 'a'));
        Assert.Equal(502, replica.End(Second + (11 * Ms) - 1)); // Read when service ends.
        Assert.Equal(Second + (31 * Ms), replica.Arrive(Second, 'b')); // Overhead is not slowed down.
        Assert.Equal(200, replica.End(2 * Second));
        Assert.Equal((false, true, true, false), (replica.IsDown(0), replica.IsDown(3 * Second), replica.IsDown((4 * Second) - 1), replica.IsDown(4 * Second)));
        Assert.Equal([faults[2]], replica.DownFaults);
        Assert.Equal((2, 1), (replica.Record("", "").Answered, replica.Record("", "").Errors));
    }

    private static ServiceReplica<char> New(params Fault[] faults) => new(Role, 0, faults, new RandomSource(1));
}
