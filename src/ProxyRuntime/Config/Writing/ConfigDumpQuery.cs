namespace MeshSim.ProxyRuntime.Config;

/// <summary>What of a configuration a dump is to have.</summary>
public sealed record ConfigDumpQuery
{
    /// <summary>resource: the entries of one list of a section, <c>static_clusters</c>, and nothing else; empty for all sections.</summary>
    public string Resource { get; init; } = "";

    /// <summary>mask: names of fields with commas between them, of each entry with a resource, else of each section; empty for all.</summary>
    public string Mask { get; init; } = "";

    /// <summary>name_regex: which names to show; null for all.</summary>
    public Func<string, bool>? IsShown { get; init; }

    /// <summary>include_eds: the hosts of clusters, too.</summary>
    public bool IncludeEds { get; init; }
}

/// <summary>What came of a query.</summary>
/// <param name="Json">With <see cref="ConfigDumpOutcome.Written"/>: the dump, with a new line at its end.</param>
public sealed record ConfigDumpResult(ConfigDumpOutcome Outcome, string Json = "");

public enum ConfigDumpOutcome : byte
{
    Written,

    /// <summary>No section has the resource.</summary>
    ResourceNotFound,

    /// <summary>The resource is a field of a section, but no list.</summary>
    ResourceNotRepeated,

    /// <summary>Entries of the resource have no such fields.</summary>
    MaskRefused,

    /// <summary>No section has the fields of the mask.</summary>
    MaskFitsNothing,
}
