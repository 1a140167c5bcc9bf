using System.Globalization;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Finds where a value stands that was read long ago, for what turns out later to be wrong with it.</summary>
internal static class ValueFinder
{
    /// <summary>The first value with that text in or below a field, in the order of the document.</summary>
    /// <param name="path">Where the node is.</param>
    /// <param name="field">Its name; null for any.</param>
    public static (ConfigPlace Place, string Path)? Find(ConfigNode node, string path, string? field, string text) =>
        node switch
        {
            ConfigScalar scalar => field is null && scalar.Text == text ? (scalar.Place, path) : null,
            ConfigMapping mapping => First(mapping.Entries, entry => Find(entry.Value, $"{path}.{entry.Key}", entry.Key == field ? null : field, text)),
            ConfigSequence list => First(
                list.Items.Select(static (item, index) => (item, index)),
                at => Find(at.item, string.Create(CultureInfo.InvariantCulture, $"{path}[{at.index}]"), field, text)
            ),
            _ => null,
        };

    private static (ConfigPlace Place, string Path)? First<T>(IEnumerable<T> among, Func<T, (ConfigPlace Place, string Path)?> find) =>
        among.Select(find).FirstOrDefault(static found => found is not null);
}
