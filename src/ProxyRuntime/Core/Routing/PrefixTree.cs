namespace MeshSim.ProxyRuntime.Core;

/// <summary>Numbers by prefixes of paths: walking down a path passes every node whose prefix it begins with. Built once, then only read.</summary>
internal sealed class PrefixTree
{
    private readonly List<Node> nodes = [new Node([])];

    /// <summary>Adds a number under a prefix; numbers come in ascending order.</summary>
    public void Add(ReadOnlySpan<byte> prefix, int number)
    {
        var at = 0;
        while (true)
        {
            if (prefix.IsEmpty)
            {
                nodes[at].Numbers = [.. nodes[at].Numbers, number];
                return;
            }

            var child = nodes[at].Child(prefix[0]);
            if (child < 0)
            {
                nodes.Add(new Node(prefix.ToArray()) { Numbers = [number] });
                nodes[at].SetChild(prefix[0], nodes.Count - 1);
                return;
            }

            var label = nodes[child].Label;
            var common = label.AsSpan().CommonPrefixLength(prefix);
            if (common < label.Length)
            {
                child = Split(at, child, common);
            }

            prefix = prefix[common..];
            at = child;
        }
    }

    /// <summary>The root, which every path passes.</summary>
    public static int Root => 0;

    /// <summary>The numbers at a node.</summary>
    public ReadOnlySpan<int> NumbersAt(int node) => nodes[node].Numbers;

    /// <summary>The next node down a path, which is cut to what lies below it; −1 if there is none.</summary>
    public int Down(int node, ref ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
        {
            return -1;
        }

        var child = nodes[node].Child(path[0]);
        if (child < 0 || !path.StartsWith(nodes[child].Label))
        {
            return -1;
        }

        path = path[nodes[child].Label.Length..];
        return child;
    }

    private int Split(int parent, int child, int length)
    {
        var label = nodes[child].Label;
        nodes.Add(new Node(label[..length]));
        var middle = nodes.Count - 1;
        nodes[child].Label = label[length..];
        nodes[middle].SetChild(nodes[child].Label[0], child);
        nodes[parent].SetChild(label[0], middle);
        return middle;
    }

    private sealed class Node(byte[] label)
    {
        private byte[] firsts = [];
        private int[] children = [];

        public byte[] Label { get; set; } = label;

        public int[] Numbers { get; set; } = [];

        public int Child(byte first)
        {
            var at = firsts.AsSpan().IndexOf(first);
            return at < 0 ? -1 : children[at];
        }

        public void SetChild(byte first, int child)
        {
            var at = firsts.AsSpan().IndexOf(first);
            if (at >= 0)
            {
                children[at] = child;
                return;
            }

            firsts = [.. firsts, first];
            children = [.. children, child];
        }
    }
}
