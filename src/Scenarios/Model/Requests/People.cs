namespace MeshSim.Scenarios.Model;

/// <summary>
/// A population that is made up before the run: each of its people has headers and a host of their own and asks for so many different
/// things, all written by templates of the load. Some come far more often than others: number k, counted from 0, with weight 1/(k+1)^s.
/// </summary>
/// <param name="Count">How many there are, 1 to <see cref="MaxRequests"/>.</param>
/// <param name="Exponent">s, 0 to 20; 0 makes all alike.</param>
/// <param name="Requests">Different requests of each of them, equally often, 1 or more.</param>
/// <param name="Locale">Whose names, words and addresses, as Bogus calls it: <c>en</c>, <c>de</c>, <c>pt_BR</c>.</param>
public sealed record People(int Count, double Exponent, int Requests, string Locale)
{
    /// <summary>People times requests of each: at most so many.</summary>
    public const int MaxRequests = 100_000;

    /// <summary>How many different requests there are.</summary>
    public int Keys => Count * Requests;

    /// <summary>Whose request that is.</summary>
    public int PersonOf(int key) => key / Requests;
}
