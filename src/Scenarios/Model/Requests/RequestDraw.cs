using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Draws what a client asks for next: which kind of request, and with which key. The same in simulated and live runs.</summary>
public sealed class RequestDraw
{
    private readonly double[] weightUpTo;
    private readonly ZipfSampler? popularity;
    private readonly People? people;
    private readonly RandomStream keys;
    private readonly RandomStream choices;

    /// <param name="random">The client's own.</param>
    public RequestDraw(LoadModel load, RandomSource random)
    {
        var sum = 0.0;
        weightUpTo = [.. load.AllRequests.Select(shape => sum += shape.Weight)];
        people = load.People;
        popularity =
            load.Zipf is { } header ? new ZipfSampler(header.Keys, header.Exponent)
            : people is not null ? new ZipfSampler(people.Count, people.Exponent)
            : null;
        keys = random.Derive("keys");
        choices = random.Derive("requests");
    }

    /// <param name="traced">The kind that a recorded load says; null to draw it.</param>
    /// <returns>Which of <see cref="LoadModel.AllRequests"/>, and which of <see cref="LoadModel.Keys"/>.</returns>
    public (int Kind, int Key) Next(int? traced)
    {
        var kind = traced ?? Kind();
        var key = popularity?.Draw(keys) ?? 0;
        return (kind, people is { Requests: > 1 } ? (key * people.Requests) + (int)keys.NextModulo(people.Requests) : key);
    }

    private int Kind()
    {
        if (weightUpTo.Length == 1)
        {
            return 0;
        }

        var found = Array.BinarySearch(weightUpTo, choices.NextDouble() * weightUpTo[^1]);
        return Math.Min(found < 0 ? ~found : found + 1, weightUpTo.Length - 1);
    }
}
