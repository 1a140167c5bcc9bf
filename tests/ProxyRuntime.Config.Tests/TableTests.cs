using Google.Protobuf.Reflection;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>The tables of rules and of modelled fields name messages and fields that exist.</summary>
public class TableTests
{
    [Fact]
    public void Every_rule_is_on_a_field_there_is() =>
        Assert.DoesNotContain(ConstraintTable.RuledFields, rule => Find(rule.Message)?.FindFieldByName(rule.Field) is null);

    [Fact]
    public void Every_modelled_field_is_there()
    {
        foreach (var (key, fields) in ModelledFields.All)
        {
            var message = Find(key) ?? Find(key[..key.LastIndexOf('.')])!.FindFieldByName(key[(key.LastIndexOf('.') + 1)..]).MessageType;
            Assert.All(fields, field => Assert.NotNull(message.FindFieldByName(field)));
        }
    }

    [Fact]
    public void No_type_is_both_read_and_unread() => Assert.DoesNotContain(ConfigTypes.Names, ConfigTypes.IsKnownToEnvoy);

    /// <summary>Types are found as their classes are called, so that they need not all be made ready: as if they had been looked for among all.</summary>
    [Fact]
    public void Every_type_is_found_by_its_name() => Assert.All(ConfigTypes.Names, static name => Assert.Equal(name, ConfigTypes.Find(name)?.FullName));

    /// <summary>A message by its full name; nested ones stand in their parents.</summary>
    private static MessageDescriptor? Find(string name)
    {
        if (ConfigTypes.Find(name) is { } top)
        {
            return top;
        }

        var dot = name.LastIndexOf('.');
        return dot < 0 ? null : Find(name[..dot])?.NestedTypes.FirstOrDefault(nested => nested.Name == name[(dot + 1)..]);
    }
}
