using Google.Protobuf.Reflection;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Field names as users write them: snake_case or lowerCamelCase.</summary>
internal static class FieldNames
{
    public static FieldDescriptor? Find(MessageDescriptor message, string key) =>
        message.FindFieldByName(key)
        ?? message.Fields.InDeclarationOrder().FirstOrDefault(field => string.Equals(field.JsonName, key, StringComparison.Ordinal));

    /// <summary>True if both spell the same field.</summary>
    public static bool Same(string a, string b) =>
        string.Equals(a, b, StringComparison.Ordinal) || string.Equals(Fold(a), Fold(b), StringComparison.OrdinalIgnoreCase);

    private static string Fold(string name) => name.Replace("_", "", StringComparison.Ordinal);
}
