using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;
using Microsoft.Win32.SafeHandles;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Takes the readiness of one socket, or of another thing that is waited for.</summary>
public interface ISocketHandler
{
    void OnReady(bool readable, bool writable);
}

/// <summary>
/// One thread, one epoll set: sockets, a mailbox for what other threads want done here, and one timer.
/// Everything a machine and its sockets do happens in this thread.
/// </summary>
public sealed class EventLoop : IDisposable
{
    private const int EventsAtOnce = 256;

    private readonly SafeFileHandle epoll = Epoll.Create();
    private readonly SafeFileHandle wake = Epoll.CreateEventFd();
    private readonly int wakeFd;
    private readonly ConcurrentQueue<Action> mailbox = new();
    private readonly Dictionary<int, ISocketHandler> handlers = [];

    /// <summary>Of sockets, by when they are due; the machine keeps its own.</summary>
    private readonly PriorityQueue<Action, MonotonicTime> timers = new();
    private readonly Thread thread;
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool stopping;

    public EventLoop(string name, LiveClock clock)
    {
        Clock = clock;
        Now = clock.Now;
        wakeFd = (int)wake.DangerousGetHandle();
        Epoll.Control(epoll, Epoll.Add, wakeFd, Epoll.In);
        thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    public LiveClock Clock { get; }

    /// <summary>When what is under way in the loop's thread began: all that comes of one event happens at one moment.</summary>
    public MonotonicTime Now { get; private set; }

    /// <summary>The machine's next deadline; asked before each wait.</summary>
    public Func<MonotonicTime?> NextDeadline { get; set; } = static () => null;

    /// <summary>Called when the deadline is reached.</summary>
    public Action OnDeadline { get; set; } = static () => { };

    /// <summary>Called at the end of each round.</summary>
    public Action BeforeWait { get; set; } = static () => { };

    /// <summary>Completes when the loop has ended; fails with what ended it.</summary>
    public Task Stopped => stopped.Task;

    public void Start() => thread.Start();

    /// <summary>Has the action run in the loop's thread; nothing happens when the loop has ended.</summary>
    public void Post(Action action)
    {
        mailbox.Enqueue(action);
        Wake();
    }

    /// <summary>Has the function run in the loop's thread and gives its result.</summary>
    public Task<T> Ask<T>(Func<T> function)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                answer.SetResult(function());
            }
            catch (Exception e)
            {
                answer.SetException(e);
            }
        });
        return answer.Task;
    }

    /// <summary>Has the action run after so many nanoseconds; to be called in the loop's thread.</summary>
    public void After(long delayNs, Action action) => timers.Enqueue(action, Clock.Now.Plus(delayNs));

    public void Register(Socket socket, ISocketHandler handler, uint events) => Register((int)socket.Handle, handler, events);

    /// <param name="fd">Something of the system that becomes ready.</param>
    public void Register(int fd, ISocketHandler handler, uint events)
    {
        handlers[fd] = handler;
        Epoll.Control(epoll, Epoll.Add, fd, events);
    }

    public void Watch(Socket socket, uint events) => Epoll.Control(epoll, Epoll.Modify, (int)socket.Handle, events);

    public void Unregister(Socket socket)
    {
        var fd = (int)socket.Handle;
        if (handlers.Remove(fd))
        {
            Epoll.Control(epoll, Epoll.Delete, fd, 0);
        }
    }

    /// <summary>Ends the loop after the round under way.</summary>
    public void Stop()
    {
        stopping = true;
        Wake();
    }

    public void Dispose()
    {
        Stop();
        if (thread.IsAlive && Thread.CurrentThread != thread)
        {
            thread.Join();
        }

        wake.Dispose();
        epoll.Dispose();
    }

    private void Wake()
    {
        try
        {
            Epoll.Signal(wake);
        }
        catch (ObjectDisposedException)
        {
            // A timer that ran out late, for example. Its number may be another file's by now: nothing may be written to it.
        }
    }

    private void Run()
    {
        try
        {
            var room = Epoll.Room(EventsAtOnce);
            while (!stopping)
            {
                Round(room);
            }

            stopped.SetResult();
        }
        catch (Exception e)
        {
            stopped.SetException(e);
        }
    }

    private void Round(byte[] room)
    {
        var count = Epoll.Wait(epoll, room, Timeout());
        for (var i = 0; i < count; i++)
        {
            var (fd, ready) = Epoll.EventAt(room, i);
            if (fd == wakeFd)
            {
                Epoll.Drain(wake);
            }
            else if (handlers.TryGetValue(fd, out var handler))
            {
                Now = Clock.Now;
                var broken = (ready & (Epoll.Error | Epoll.HangUp)) != 0;
                handler.OnReady(broken || (ready & (Epoll.In | Epoll.ReadHangUp)) != 0, broken || (ready & Epoll.Out) != 0);
            }
        }

        while (mailbox.TryDequeue(out var action))
        {
            Now = Clock.Now;
            action();
        }

        Now = Clock.Now;
        while (timers.TryPeek(out var due, out var at) && at <= Now)
        {
            _ = timers.Dequeue();
            due();
            Now = Clock.Now;
        }

        if (NextDeadline() is { } deadline && deadline <= Now)
        {
            OnDeadline();
        }

        BeforeWait();
    }

    private long Timeout()
    {
        Debug.Assert(Thread.CurrentThread == thread, "The loop waits in its own thread.");
        if (!mailbox.IsEmpty)
        {
            return 0;
        }

        var next = NextDeadline();
        if (timers.TryPeek(out _, out var due) && !(next <= due))
        {
            next = due;
        }

        return next is { } deadline ? Math.Max(0, deadline.Since(Clock.Now)) : -1;
    }
}
