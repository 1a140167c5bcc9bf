namespace MeshSim.Scenarios.Engine;

/// <summary>How a step of a <see cref="WindowRunner"/> ended.</summary>
public enum WindowStep
{
    /// <summary>The window is not over: there was only so much to be handled at once.</summary>
    More,

    /// <summary>The window is over, and there is a message for each peer.</summary>
    Finished,

    /// <summary>Peers have not finished the window yet.</summary>
    Waiting,

    /// <summary>The next window would go beyond what was asked for.</summary>
    Paused,

    /// <summary>Nothing is left to do before the end of the run.</summary>
    Over,
}
