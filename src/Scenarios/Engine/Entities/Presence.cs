using System.Globalization;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// Requests that are somewhere, and Little's law, which holds for every course of a run: their number, integrated over time, is the sum of the
/// times that each of them is there. Where it does not, one was lost or counted twice, and figures are not to be trusted.
/// </summary>
internal sealed class Presence
{
    private long sinceNs;
    private long integralNs;
    private long timesNs;

    /// <summary>How many are there.</summary>
    public int Number { get; private set; }

    public void Enter(long nowNs)
    {
        Pass(nowNs);
        Number++;
    }

    /// <param name="enteredNs">When it came, as the request itself knows.</param>
    public void Leave(long nowNs, long enteredNs)
    {
        Pass(nowNs);
        Number--;
        timesNs += nowNs - enteredNs;
    }

    /// <summary>Holds the law against what is known at the end of a run.</summary>
    /// <param name="name">Of the place, for the message.</param>
    /// <param name="nowNs">The end.</param>
    /// <param name="enteredNs">When those came that are there.</param>
    /// <exception cref="InvalidOperationException">It does not hold.</exception>
    public void Check(string name, long nowNs, IEnumerable<long> enteredNs)
    {
        Pass(nowNs);
        var (there, sumNs) = (0, timesNs);
        foreach (var entered in enteredNs)
        {
            there++;
            sumNs += nowNs - entered;
        }

        if (there != Number || sumNs != integralNs)
        {
            throw new InvalidOperationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Little's law does not hold at {name}: {Number} requests and {integralNs} ns by their number, {there} and {sumNs} ns by their times."
                )
            );
        }
    }

    private void Pass(long nowNs)
    {
        integralNs += Number * (nowNs - sinceNs);
        sinceNs = nowNs;
    }
}
