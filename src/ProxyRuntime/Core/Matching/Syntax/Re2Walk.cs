namespace MeshSim.ProxyRuntime.Core;

/// <summary>Visits a parsed expression, children first. It may be nested as deep as it is long, so nothing here recurses.</summary>
internal static class Re2Walk
{
    /// <param name="visit">Makes the result of a part from the results of its children.</param>
    /// <param name="maxVisits">Parts to visit before giving up; a part that stands in two places counts twice.</param>
    /// <returns>Whether the walk came to its end.</returns>
    public static bool TryFold<T>(Re2Node root, Func<Re2Node, T[], T> visit, int maxVisits, out T? result)
    {
        var pending = new Stack<Frame<T>>();
        pending.Push(new Frame<T>(root));
        for (var visits = 0; visits < maxVisits; )
        {
            var frame = pending.Peek();
            if (frame.Done < frame.Results.Length)
            {
                pending.Push(new Frame<T>(frame.Node.Children[frame.Done]));
                continue;
            }

            _ = pending.Pop();
            visits++;
            var value = visit(frame.Node, frame.Results);
            if (pending.Count == 0)
            {
                result = value;
                return true;
            }

            var parent = pending.Peek();
            parent.Results[parent.Done++] = value;
        }

        result = default;
        return false;
    }

    private sealed class Frame<T>(Re2Node node)
    {
        public Re2Node Node { get; } = node;

        public T[] Results { get; } = node.Children.Count == 0 ? [] : new T[node.Children.Count];

        public int Done { get; set; }
    }
}
