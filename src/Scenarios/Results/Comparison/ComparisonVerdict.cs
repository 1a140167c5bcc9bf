namespace MeshSim.Scenarios.Results;

/// <summary>What can be said of a figure of two results.</summary>
public enum ComparisonVerdict
{
    /// <summary>The interval of the difference is inside the margin.</summary>
    Equivalent,

    /// <summary>It is outside.</summary>
    Different,

    /// <summary>It reaches from inside to outside, or there are too few requests.</summary>
    CannotTell,

    /// <summary>Something counted so rarely that chance alone makes it vary by more than 40 %: it is not seen to differ, and more cannot be asked of it.</summary>
    NotDistinguishable,
}
