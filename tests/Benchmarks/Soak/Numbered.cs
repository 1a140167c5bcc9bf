namespace MeshSim.Benchmarks.Soak;

/// <summary>What a request of a number is and how it is answered: client and backends know it alike, so that any mix-up shows.</summary>
internal readonly record struct Numbered(long Number)
{
    private const int LargestBody = 200_000;

    /// <summary>Mixed, so that neighbours have nothing in common.</summary>
    private ulong Hash
    {
        get
        {
            var x = (ulong)Number * 0x9E3779B97F4A7C15;
            x = (x ^ (x >> 29)) * 0xBF58476D1CE4E5B9;
            return x ^ (x >> 32);
        }
    }

    /// <summary>0 to 99: what the backend does with it.</summary>
    private int Fate => (int)(Hash % 100);

    public bool Fails => Fate < 4;

    /// <summary>The backend closes without an answer.</summary>
    public bool IsDropped => Fate is 4 or 5;

    /// <summary>The backend closes in the middle of the answer's body.</summary>
    public bool BreaksOff => Fate == 6 && AnswerLength > 1;

    public TimeSpan Delay => Fate is >= 7 and < 15 ? TimeSpan.FromMilliseconds((Hash >> 20) % 40) : TimeSpan.Zero;

    public bool AnswerIsChunked => Fate is >= 30 and < 50;

    public int AnswerLength => Length(Hash >> 8);

    public int RequestLength => Length(Hash >> 33);

    /// <summary>0 to 9: how the client sends it.</summary>
    public int Manner => (int)((Hash >> 50) % 10);

    public void FillRequest(Span<byte> body) => Fill(body, 17);

    public void FillAnswer(Span<byte> body) => Fill(body, 91);

    /// <summary>Most bodies are small, some large.</summary>
    private static int Length(ulong draw) => (int)(draw % 16 == 0 ? (draw >> 4) % LargestBody : (draw >> 4) % 600);

    private void Fill(Span<byte> body, int salt)
    {
        for (var i = 0; i < body.Length; i++)
        {
            body[i] = (byte)((Number * 31) + (i * 7) + (i >> 8) + salt);
        }
    }
}
