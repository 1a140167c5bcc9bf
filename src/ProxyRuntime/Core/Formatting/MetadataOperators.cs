namespace MeshSim.ProxyRuntime.Core;

/// <summary>Operators that print metadata and filter state: texts as they are, everything else as JSON.</summary>
internal static class MetadataOperators
{
    private const FormatSyntax Syntax = FormatSyntax.ParametersRequired | FormatSyntax.LengthAllowed;

    public static FormatOperator[] All =>
        [
            FormatOperator.Of("DYNAMIC_METADATA", Syntax, static arguments => Of(Dynamic, arguments.Parameters, arguments.MaxLength)),
            FormatOperator.Of("CLUSTER_METADATA", Syntax, static arguments => Of(Cluster, arguments.Parameters, arguments.MaxLength)),
            FormatOperator.Of("UPSTREAM_METADATA", Syntax, static arguments => Of(Host, arguments.Parameters, arguments.MaxLength)),
            new("METADATA", FormatSyntax.ParametersOptional | FormatSyntax.LengthAllowed, OfType),
            new("FILTER_STATE", FormatSyntax.ParametersOptional | FormatSyntax.LengthAllowed, FilterStateSegment.Create),
            // Nothing upstream leaves filter state.
            new(
                "UPSTREAM_FILTER_STATE",
                FormatSyntax.ParametersOptional | FormatSyntax.LengthAllowed,
                static (in arguments, out error) => FilterStateSegment.Create(arguments, out error) is null ? null : new TextSegment(static _ => null)
            ),
        ];

    private static MetadataValue? Dynamic(StreamInfo info, string name) => info.DynamicMetadata.Get(name);

    private static MetadataValue? Cluster(StreamInfo info, string name) => info.UpstreamCluster?.Metadata.Get(name);

    private static MetadataValue? Host(StreamInfo info, string name) => info.UpstreamHost?.Snapshot.Metadata.Get(name);

    private static FormatSegment? OfType(in FormatArguments arguments, out string? error)
    {
        error = null;
        var parameters = arguments.Parameters;
        var colon = parameters.IndexOf(':', StringComparison.Ordinal);
        var type = colon < 0 ? parameters : parameters[..colon];
        Func<StreamInfo, string, MetadataValue?>? read = type switch
        {
            "DYNAMIC" => Dynamic,
            "CLUSTER" => Cluster,
            "UPSTREAM_HOST" => Host,
            "ROUTE" => static (info, name) => info.Route?.Metadata.Get(name),
            "VIRTUAL_HOST" => static (info, name) => info.VirtualHost?.Metadata.Get(name),
            "LISTENER" => static (info, name) => info.Listener?.Metadata.Get(name),
            "LISTENER_FILTER_CHAIN" => static (info, name) => info.FilterChain?.Metadata.Get(name),
            _ => null,
        };
        if (read is null)
        {
            error = $"{type} is not supported type of metadata";
            return null;
        }

        return Of(read, colon < 0 ? "" : parameters[(colon + 1)..], arguments.MaxLength);
    }

    /// <param name="parameters">Namespace and path, set apart by colons.</param>
    private static MetadataSegment Of(Func<StreamInfo, string, MetadataValue?> read, string parameters, int maxLength)
    {
        var parts = parameters.Split(':');
        return new MetadataSegment(read, parts[0], parts[1..], maxLength);
    }

    private sealed class MetadataSegment(Func<StreamInfo, string, MetadataValue?> read, string name, string[] path, int maxLength) : FormatSegment
    {
        public override bool Write(StreamInfo info, ByteBuffer output)
        {
            if (read(info, name)?.At(path) is not { Kind: not MetadataKind.Null } value)
            {
                return false;
            }

            var start = output.Length;
            if (value.Kind == MetadataKind.Text)
            {
                output.AppendText(value.Text);
            }
            else
            {
                MetadataJson.Write(value, output);
            }

            output.Truncate(start + Math.Min(maxLength, output.Length - start));
            return true;
        }

        /// <summary>The value with its type; its length is not limited then.</summary>
        public override bool WriteJson(StreamInfo info, ByteBuffer output)
        {
            if (read(info, name)?.At(path) is not { Kind: not MetadataKind.Null } value)
            {
                return false;
            }

            MetadataJson.Write(value, output);
            return true;
        }
    }
}
