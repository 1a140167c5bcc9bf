using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// A population of clients: users' requests at the moments an arrival process says, or by users who wait for their answer and think. Each
/// is one attempt or several, until it is answered, given up, or its user has gone.
/// </summary>
internal sealed class ClientEntity : Entity
{
    private readonly LoadModel model;
    private readonly Caller caller;
    private readonly List<UserRequest> requests = [];
    private readonly Stack<int> free = new();
    private readonly Presence presence = new();
    private readonly int firstTemplate;
    private ArrivalProcess? arrivals;
    private RequestDraw draw = null!;
    private RandomStream waits = null!;
    private RandomStream thoughts = null!;
    private CallTarget target = null!;

    public ClientEntity(int id, string name, World world, int load)
        : base(id, name, world)
    {
        model = world.Scenario.Load[load];
        firstTemplate = world.FirstTemplateOf(load);
        caller = new Caller(this, world, OnDone);
        Recorder = new ClientRecorder(world.Scenario.WarmUpNs);
    }

    /// <summary>What this client saw.</summary>
    public ClientRecorder Recorder { get; }

    public override void Begin()
    {
        draw = new RequestDraw(model, Random);
        waits = Random.Derive("retries");
        thoughts = Random.Derive("think-time");
        target = new CallTarget(World.PointsOfLoad(model));
        if (model.ClosedLoop is { } loop)
        {
            for (var user = 0; user < loop.Users; user++)
            {
                Think(model.FromNs);
            }

            return;
        }

        arrivals = ArrivalProcess.Of(model, Random);
        ScheduleNext();
    }

    /// <summary>End to end, as users wait.</summary>
    public override void Check() =>
        presence.Check(Name, NowNs, requests.Select(static request => request.SentNs).Where(static sent => sent != UserRequest.IsOver));

    public override void Handle(in SimEvent e)
    {
        if (caller.Handle(e))
        {
            return;
        }

        switch (e.Kind)
        {
            case EventKind.NextArrival:
                Ask();
                ScheduleNext();
                break;
            case EventKind.TriesAgain when requests[(int)e.A].Use == e.B:
                Attempt((int)e.A);
                break;
            case EventKind.PatienceEnds when requests[(int)e.A].Use == e.B:
                caller.Abandon(requests[(int)e.A].Connection);
                Finish((int)e.A, status: 0);
                break;
            case EventKind.TriesAgain:
            case EventKind.PatienceEnds:
                break; // The request is over.
            default:
                throw new InvalidOperationException($"A client has no event {e.Kind}.");
        }
    }

    private void ScheduleNext()
    {
        if (arrivals?.NextNs() is { } next)
        {
            _ = Schedule(next, EventKind.NextArrival);
        }
    }

    /// <summary>A user thinks, from that moment on, and asks then.</summary>
    private void Think(long fromNs)
    {
        var next = fromNs + model.ClosedLoop!.ThinkTime.SampleNs(thoughts);
        if (next < model.UntilNs)
        {
            _ = Schedule(next, EventKind.NextArrival);
        }
    }

    private void Ask()
    {
        Recorder.Sent(NowNs);
        if (!free.TryPop(out var number))
        {
            number = requests.Count;
            requests.Add(new UserRequest());
        }

        var request = requests[number];
        request.Use++;
        presence.Enter(NowNs);
        (request.SentNs, request.Attempts, request.WaitNs) = (NowNs, 0, 0);
        var (kind, key) = draw.Next(arrivals?.Kind);
        (request.Template, request.Key) = (firstTemplate + kind, key);
        if (model.Patience is { } patience)
        {
            _ = Schedule(NowNs + patience.SampleNs(waits), EventKind.PatienceEnds, number, request.Use);
        }

        Attempt(number);
    }

    private void Attempt(int number)
    {
        var request = requests[number];
        if (++request.Attempts > 1)
        {
            Recorder.Retried(NowNs);
        }

        request.Connection = caller.Send(target, new OutgoingRequest(request.Template, request.Key, model.TimeoutNs, number));
    }

    private void OnDone(long owner, long connection, long sentNs, int status)
    {
        var request = requests[(int)owner];
        if (model.Retry is { } retry && request.Attempts < retry.Attempts && retry.Statuses.Contains(status))
        {
            request.WaitNs = retry.WaitNs(request.Attempts, request.WaitNs, waits);
            _ = Schedule(NowNs + request.WaitNs, EventKind.TriesAgain, owner, request.Use);
        }
        else
        {
            Finish((int)owner, status);
        }
    }

    private void Finish(int number, int status)
    {
        var request = requests[number];
        Recorder.Answered(request.SentNs, NowNs, status);
        World.Observer?.Answered(request.SentNs, NowNs, status);
        presence.Leave(NowNs, request.SentNs);
        (request.Use, request.SentNs) = (request.Use + 1, UserRequest.IsOver);
        free.Push(number);
        if (model.ClosedLoop is not null)
        {
            Think(NowNs);
        }
    }

    /// <summary>One request of a user, with all its attempts. Used again and again.</summary>
    private sealed class UserRequest
    {
        /// <summary>What <see cref="SentNs"/> says of one that is over.</summary>
        public const long IsOver = -1;

        public long Use { get; set; }

        public long SentNs { get; set; } = IsOver;

        public int Template { get; set; }

        public int Key { get; set; }

        public int Attempts { get; set; }

        /// <summary>The wait before the attempt under way.</summary>
        public long WaitNs { get; set; }

        public long Connection { get; set; }
    }
}
