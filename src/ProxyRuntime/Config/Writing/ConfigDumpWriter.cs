using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Writes the configuration of a proxy as Envoy dumps its own, envoy.admin.v3.ConfigDump. It can be read again wherever a bootstrap is taken.</summary>
public static class ConfigDumpWriter
{
    public static ConfigDumpResult Write(RunningConfig config, ConfigDumpQuery query) =>
        query.Resource.Length > 0 ? WriteResource(config, query) : WriteSections(config, query);

    private static ConfigDumpResult WriteSections(RunningConfig config, ConfigDumpQuery query)
    {
        var paths = FieldMaskTree.Paths(query.Mask);
        var mask = new FieldMaskTree(paths);
        var sections = DumpSection
            .All(config, query)
            .Where(section => Array.TrueForAll(paths, path => FieldMaskTree.IsValid(section.Message.Descriptor, path)))
            .Select(section => section with { Message = mask.Trim(section.Message) })
            .ToList();
        return sections.Count == 0 && query.Mask.Length > 0 ? new ConfigDumpResult(ConfigDumpOutcome.MaskFitsNothing) : Written(sections);
    }

    private static ConfigDumpResult WriteResource(RunningConfig config, ConfigDumpQuery query)
    {
        foreach (var section in DumpSection.All(config, query))
        {
            if (section.Message.Descriptor.FindFieldByName(query.Resource) is { } field)
            {
                return field.IsRepeated ? WriteEntries(section, field, query.Mask) : new ConfigDumpResult(ConfigDumpOutcome.ResourceNotRepeated);
            }
        }

        return new ConfigDumpResult(ConfigDumpOutcome.ResourceNotFound);
    }

    private static ConfigDumpResult WriteEntries(DumpSection section, FieldDescriptor field, string mask)
    {
        var entries = new List<DumpSection>();
        foreach (IMessage entry in (IList)field.Accessor.GetValue(section.Message))
        {
            if (mask.Length == 0)
            {
                entries.Add(section with { Message = entry });
            }
            else if (Masked(section, entry, FieldMaskTree.Paths(mask)) is { } masked)
            {
                entries.Add(masked);
            }
            else
            {
                return new ConfigDumpResult(ConfigDumpOutcome.MaskRefused);
            }
        }

        return Written(entries);
    }

    /// <summary>An entry of a list cut down: paths lead through its Any, <c>cluster.name</c>, into what stands there. Null if it has no such fields.</summary>
    private static DumpSection? Masked(DumpSection section, IMessage entry, string[] paths)
    {
        var resource = entry.Descriptor.Fields.InDeclarationOrder().FirstOrDefault(static field => IsAny(field));
        var inner = Array.FindAll(paths, path => resource is not null && path.Split('.')[0] == resource.Name);
        string[] outer = [.. paths.Except(inner, StringComparer.Ordinal), .. inner.Select(_ => resource!.Name).Distinct(StringComparer.Ordinal)];
        if (!Array.TrueForAll(outer, path => FieldMaskTree.IsValid(entry.Descriptor, path)))
        {
            return null;
        }

        var trimmed = new FieldMaskTree(outer).Trim(entry);
        if (inner.Length == 0 || resource!.Accessor.GetValue(trimmed) is not Any any || section.Contents.Packed(any) is not { } content)
        {
            return section with { Message = trimmed };
        }

        var below = Array.ConvertAll(inner, path => path[Math.Min(path.Length, resource.Name.Length + 1)..]);
        if (!Array.TrueForAll(below, path => FieldMaskTree.IsValid(content.Message.Descriptor, path)))
        {
            return null;
        }

        var contents = new AnyContents();
        var mask = new FieldMaskTree(below);
        resource.Accessor.SetValue(trimmed, contents.Pack(new ProtoMessage(mask.Trim(content.Message), content.Contents)));
        return section with { Message = trimmed, Contents = contents };
    }

    private static bool IsAny(FieldDescriptor field) =>
        field is { IsRepeated: false, FieldType: FieldType.Message } && field.MessageType.FullName == Any.Descriptor.FullName;

    private static ConfigDumpResult Written(List<DumpSection> sections)
    {
        var json = new IndentedJson();
        json.BeginObject();
        if (sections.Count > 0)
        {
            json.Name("configs");
            json.BeginArray();
            foreach (var section in sections)
            {
                var typeUrl = $"type.googleapis.com/{section.Message.Descriptor.FullName}";
                new ProtoJsonWriter(json, section.Contents, section.Replaced).WriteTyped(typeUrl, section.Message);
            }

            json.EndArray();
        }

        json.EndObject();
        return new ConfigDumpResult(ConfigDumpOutcome.Written, json.ToString());
    }
}
