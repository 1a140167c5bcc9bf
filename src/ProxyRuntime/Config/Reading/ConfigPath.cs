using System.Globalization;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Where in a document something stands, <c>static_resources.clusters[0].name</c>.</summary>
/// <remarks>A chain rather than a text: most paths are never printed, and with deep nesting their texts would outgrow the document.</remarks>
internal sealed class ConfigPath
{
    public static readonly ConfigPath Root = new(null, "");

    private readonly string segment;

    private ConfigPath(ConfigPath? parent, string segment)
    {
        Parent = parent;
        this.segment = segment;
    }

    public ConfigPath? Parent { get; }

    public ConfigPath Field(string name) => new(this, ReferenceEquals(this, Root) ? name : $".{name}");

    public ConfigPath Item(int index) => new(this, string.Create(CultureInfo.InvariantCulture, $"[{index}]"));

    public override string ToString()
    {
        var length = 0;
        for (var at = this; at is not null; at = at.Parent)
        {
            length += at.segment.Length;
        }

        return string.Create(
            length,
            this,
            static (text, end) =>
            {
                for (var at = end; at is not null; at = at.Parent)
                {
                    at.segment.CopyTo(text[(text.Length - at.segment.Length)..]);
                    text = text[..^at.segment.Length];
                }
            }
        );
    }
}
