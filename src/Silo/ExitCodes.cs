namespace MeshSim.Silo;

/// <summary>What meshsim's exit code says.</summary>
internal static class ExitCodes
{
    public const int Fine = 0;
    public const int ExpectationFailed = 1;
    public const int BadInput = 2;
    public const int InternalError = 3;

    /// <summary>A comparison needs more requests to say anything.</summary>
    public const int CannotTell = 4;
}
