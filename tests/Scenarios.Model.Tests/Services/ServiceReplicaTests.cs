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
        var (a, b, c, d) = (new Job('a'), new Job('b'), new Job('c'), new Job('d'));

        Assert.Equal(new Arrival(ArrivalKind.Begins, 11 * Ms), replica.Arrive(0, a));
        Assert.Equal(new Arrival(ArrivalKind.Begins, 12 * Ms), replica.Arrive(Ms, b));
        Assert.Equal(ArrivalKind.Waits, replica.Arrive(2 * Ms, c).Kind);
        Assert.Equal(ArrivalKind.Waits, replica.Arrive(3 * Ms, d).Kind);
        Assert.Equal((2, 2), (replica.Waiting, replica.Busy));

        Assert.Equal(new ServiceReply(200, 100), replica.End(11 * Ms, a));
        Assert.Equal(('c', 22 * Ms), Next(replica, 11 * Ms));
        Assert.Equal(200, replica.End(12 * Ms, b).Status);
        Assert.Equal(('d', 23 * Ms), Next(replica, 12 * Ms));
        Assert.Equal(200, replica.End(22 * Ms, c).Status);
        Assert.Null(Next(replica, 22 * Ms));

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
        var early = new Job('p');

        _ = replica.Arrive(-1, early);
        _ = replica.End(-1, early);
        _ = replica.Arrive(0, new Job('a'));
        _ = replica.Arrive(Second - 1, new Job('b'));
        _ = replica.Arrive(2 * Second, new Job('c'));

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
        var (a, b) = (new Job('a'), new Job('b'));

        Assert.Equal(Second - 1 + (11 * Ms), replica.Arrive(Second - 1, a).EndsNs);
        Assert.Equal(502, replica.End(Second + (11 * Ms) - 1, a).Status); // Read when service ends.
        Assert.Equal(Second + (31 * Ms), replica.Arrive(Second, b).EndsNs); // Overhead is not slowed down.
        Assert.Equal(200, replica.End(2 * Second, b).Status);
        Assert.Equal((false, true, true, false), (replica.IsDown(0), replica.IsDown(3 * Second), replica.IsDown((4 * Second) - 1), replica.IsDown(4 * Second)));
        Assert.Equal([faults[2]], replica.DownFaults);
        Assert.Equal((2, 1), (replica.Record("", "").Answered, replica.Record("", "").Errors));
    }

    [Fact]
    public void A_full_queue_answers_at_once()
    {
        var replica = Of(Role with { QueueLimit = 1, QueueFullStatus = 429 });
        for (var i = 0; i < 3; i++)
        {
            Assert.NotEqual(ArrivalKind.Refused, replica.Arrive(0, new Job('x')).Kind);
        }

        Assert.Equal(ArrivalKind.Refused, replica.Arrive(0, new Job('y')).Kind);
        Assert.Equal(new ServiceReply(429, 0), replica.Refuse(0));
    }

    [Theory]
    [InlineData(QueueDiscipline.Fifo, "cdef")]
    [InlineData(QueueDiscipline.Lifo, "fedc")]
    [InlineData(QueueDiscipline.Priority, "edcf")]
    public void The_discipline_says_who_is_next(QueueDiscipline discipline, string order)
    {
        var replica = Of(Role with { Discipline = discipline });
        Job[] jobs = [.. "abcdef".Zip([7, 7, 5, 5, 0, 7], static (name, priority) => new Job(name) { Priority = priority })];
        jobs[3].Priority = 3;
        foreach (var job in jobs)
        {
            _ = replica.Arrive(0, job);
        }

        var served = "";
        _ = replica.End(Ms, jobs[0]);
        while (replica.TryNext(Ms, out var next, out _))
        {
            served += next.Name;
            _ = replica.End(Ms, next);
        }

        Assert.Equal(order, served);
    }

    [Fact]
    public void Who_is_withdrawn_is_passed_over_and_frees_a_worker()
    {
        var replica = New();
        Job[] jobs = [.. "abcd".Select(static name => new Job(name))];
        foreach (var job in jobs)
        {
            _ = replica.Arrive(0, job);
        }

        Assert.False(replica.Withdraw(0, jobs[2]));
        Assert.Equal(1, replica.Waiting);
        Assert.True(replica.Withdraw(0, jobs[0]));
        Assert.Equal(('d', 12 * Ms), Next(replica, Ms));
        Assert.Equal((0, 2), (replica.Waiting, replica.Busy));
    }

    [Fact]
    public void Routes_have_their_own_times_sizes_and_statuses()
    {
        var role = Role with
        {
            ErrorRate = 1,
            ErrorStatus = 500,
            Routes = [new ServiceRoute("/slow", new ServiceTime(ServiceTimeShape.Constant, 50 * Ms), 7) { Status = 201 }],
        };
        var replica = Of(role);
        var (slow, other) = (new Job('s') { Route = role.RouteOf("/slow/1"u8) }, new Job('o') { Route = role.RouteOf("/slo"u8) });

        Assert.Equal(51 * Ms, replica.Arrive(0, slow).EndsNs);
        Assert.Equal(11 * Ms, replica.Arrive(0, other).EndsNs);
        Assert.Equal(new ServiceReply(500, 100), replica.End(11 * Ms, other));
        Assert.Equal(new ServiceReply(201, 7), replica.End(51 * Ms, slow));
    }

    [Fact]
    public void A_new_process_warms_up()
    {
        var replica = Of(Role with { WarmUp = new ServiceWarmUp(5, 10 * Second, AtBegin: false), Workers = 10 });

        Assert.Equal(11 * Ms, replica.Arrive(0, new Job('a')).EndsNs);
        replica.Start(Second);
        Assert.Equal(Second + (51 * Ms), replica.Arrive(Second, new Job('b')).EndsNs);
        Assert.Equal((6 * Second) + (31 * Ms), replica.Arrive(6 * Second, new Job('c')).EndsNs);
        Assert.Equal((11 * Second) + (11 * Ms), replica.Arrive(11 * Second, new Job('d')).EndsNs);
    }

    /// <summary>11 ms of which 10 are work: a pause stops it, half of the time stolen doubles what is left.</summary>
    [Fact]
    public void Pauses_and_stolen_time_make_work_longer()
    {
        var replica = New(
            new GcPauseFault("svc", [], 5 * Ms, 105 * Ms),
            new CpuStealFault("svc", [], 0.5, Second, 2 * Second),
            new GcPauseFault("svc", [], Second + (10 * Ms), Second + (20 * Ms)),
            new HangFault("svc", [], 3 * Second, 4 * Second)
        );
        var ends = new long[] { 0, Second - (4 * Ms), Second + (12 * Ms) }
            .Select(at => replica.Arrive(at, new Job('x')) is { EndsNs: var end } ? end : 0)
            .ToArray();

        Assert.Equal(111 * Ms, ends[0]);

        // 4 ms before, then 6 ms at half speed: 5 within the first 10 ms, 1 after the pause.
        Assert.Equal(Second + (23 * Ms), ends[1]);
        Assert.Equal(ArrivalKind.Swallowed, replica.Arrive(3 * Second, new Job('h')).Kind);
    }

    [Fact]
    public void Traits_are_read_of_the_head()
    {
        var role = Role with { Discipline = QueueDiscipline.Priority, PriorityHeader = "x-priority", Routes = [new ServiceRoute("/a", TimeModel.None, 0)] };
        var head = new HeaderMap();
        head.Add(":path", "/abc?x");
        head.Add("x-priority", "2");
        head.Add("x-envoy-expected-rq-timeout-ms", "1500");

        var traits = RequestTraits.Read(role, head);

        Assert.Equal(new RequestTraits(1, 2, 1500), traits);
        Assert.Equal(traits, RequestTraits.Of(traits.Code));
        Assert.Equal(new RequestTraits(0, 7, 0), RequestTraits.Of(RequestTraits.Read(role, new HeaderMap()).Code));
        Assert.Equal(new RequestTraits(100, 7, (1 << 21) - 1), RequestTraits.Of(new RequestTraits(100, 7, (1 << 21) - 1).Code));
    }

    private static (char Name, long EndsNs)? Next(ServiceReplica<Job> replica, long nowNs) =>
        replica.TryNext(nowNs, out var job, out var ends) ? (job.Name, ends) : null;

    private static ServiceReplica<Job> New(params Fault[] faults) => new(Role, 0, faults, new RandomSource(1));

    private static ServiceReplica<Job> Of(ServiceRole role) => new(role, 0, [], new RandomSource(1));

    private sealed class Job(char name) : ServiceJob
    {
        public char Name => name;
    }
}
