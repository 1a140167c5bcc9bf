namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// common_lb_config.update_merge_window of one cluster: changes of health come to the workers at once if the last delivery is longer ago
/// than the window, else together one whole window later. Each priority has its own.
/// </summary>
internal sealed class MergeWindow(ProxyMainContext context, long windowNs, Action<int> deliver)
{
    private readonly SortedDictionary<int, PriorityWindow> priorities = [];

    /// <summary>Hosts came or went: that is delivered at once in any case, with whatever waits.</summary>
    public void OnDelivered(int priority) => Of(priority).OnDelivered();

    public void OnChange(int priority)
    {
        if (windowNs == 0)
        {
            context.ClusterUpdated.Increment();
            deliver(priority);
            return;
        }

        Of(priority).OnChange();
    }

    private PriorityWindow Of(int priority)
    {
        if (!priorities.TryGetValue(priority, out var window))
        {
            priorities[priority] = window = new PriorityWindow(context, windowNs, priority, deliver);
        }

        return window;
    }

    private sealed class PriorityWindow(ProxyMainContext context, long windowNs, int priority, Action<int> deliver) : ITimerOwner
    {
        private MonotonicTime? last;
        private TimerHandle timer;

        public void OnDelivered()
        {
            if (timer.IsArmed)
            {
                context.UpdateMergeCancelled.Increment();
                context.Timers.Cancel(ref timer);
            }

            context.ClusterUpdated.Increment();
            last = context.Now;
        }

        public void OnChange()
        {
            if (last is { } before && Milliseconds(context.Now.Since(before)) <= Milliseconds(windowNs))
            {
                if (!timer.IsArmed)
                {
                    timer = context.Timers.Arm(context.Now.Plus(windowNs), TimerKind.MergeWindow, this);
                }

                return;
            }

            context.UpdateOutOfMergeWindow.Increment();
            OnDelivered();
            deliver(priority);
        }

        public void OnTimer(TimerKind kind)
        {
            timer = default;
            context.ClusterUpdatedViaMerge.Increment();
            last = context.Now;
            deliver(priority);
        }

        private static long Milliseconds(long nanoseconds) => nanoseconds / MonotonicTime.NanosecondsPerMillisecond;
    }
}
