namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>
/// One pool and its breaker written down in the plainest way: lists that are counted anew each time. What it does goes into
/// <see cref="Log"/>, in the words of <see cref="WorkerHarness"/>.
/// </summary>
internal sealed class BreakerModel(ThresholdsSnapshot limits, int streamsPerConnection)
{
    private readonly List<Line> lines = [];
    private readonly List<int> waiting = [];
    private int attempts;

    public List<string> Log { get; } = [];

    public int Overflows { get; private set; }

    public int Active => lines.Sum(static line => line.Attempts.Count);

    public int Waiting => waiting.Count;

    public int Lines => lines.Count;

    public IEnumerable<int> Connecting => lines.Where(static line => !line.Up).Select(static line => line.Number);

    public IEnumerable<int> Idle => lines.Where(static line => line.Up && line.Attempts.Count == 0).Select(static line => line.Number);

    public IEnumerable<int> Attempts => lines.SelectMany(static line => line.Attempts);

    private IEnumerable<Line> Free => lines.Where(line => line.Up && line.Attempts.Count < streamsPerConnection).OrderByDescending(static line => line.Freed);

    public void Get()
    {
        attempts++;
        if (Free.FirstOrDefault() is { } free)
        {
            Begin(free, attempts);
        }
        else if (waiting.Count >= limits.MaxPendingRequests)
        {
            Log.Add("fail");
        }
        else
        {
            waiting.Add(attempts);
            OpenAsNeeded();
        }
    }

    public void Connected(int number)
    {
        var line = lines.Single(line => line.Number == number);
        line.Up = true;
        Release(line);
    }

    public void Refused(int number)
    {
        _ = lines.RemoveAll(line => line.Number == number);
        Log.AddRange(waiting.Select(static _ => "fail"));
        waiting.Clear();
    }

    public void Answered(int attempt)
    {
        var line = lines.Single(line => line.Attempts.Contains(attempt));
        _ = line.Attempts.Remove(attempt);
        Release(line);
    }

    public void Closed(int number)
    {
        _ = lines.RemoveAll(line => line.Number == number);
        OpenAsNeeded();
    }

    private int opened;
    private int releases;

    /// <summary>A line that can take another request is the first to be asked.</summary>
    private void Release(Line line)
    {
        line.Freed = line.Attempts.Count == streamsPerConnection - 1 || line.Freed == 0 ? ++releases : line.Freed;
        while (waiting.Count > 0 && Free.FirstOrDefault() is { } free)
        {
            var attempt = waiting[0];
            waiting.RemoveAt(0);
            Begin(free, attempt);
        }

        if (waiting.Count > 0)
        {
            OpenAsNeeded();
        }
    }

    private void Begin(Line line, int attempt)
    {
        var allowed = Active < limits.MaxRequests;
        Log.Add(allowed ? $"start A{attempt} on U{line.Number}" : "fail");
        if (allowed)
        {
            line.Attempts.Add(attempt);
        }
    }

    /// <summary>Three at a time, while more wait than there will be room for; the first of all whatever the limit says.</summary>
    private void OpenAsNeeded()
    {
        for (var i = 0; i < 3 && waiting.Count > lines.Sum(line => streamsPerConnection - line.Attempts.Count); i++)
        {
            var allowed = lines.Count < limits.MaxConnections;
            Overflows += allowed ? 0 : 1;
            if (!allowed && lines.Count > 0)
            {
                return;
            }

            lines.Add(new Line(++opened));
            Log.Add($"open U{opened}");
            if (!allowed)
            {
                return;
            }
        }
    }

    private sealed record Line(int Number)
    {
        public bool Up { get; set; }

        public List<int> Attempts { get; } = [];

        /// <summary>When it could last take another request.</summary>
        public int Freed { get; set; }
    }
}
