using System.Collections;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>What stands in each Any of a configuration: messages are not packed into bytes, they stay as they were read.</summary>
internal sealed class AnyContents
{
    private readonly Dictionary<Any, IMessage> messages = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Any, (string TypeUrl, ConfigMapping Content)> unread = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Any, ProtoMessage> others = new(ReferenceEqualityComparer.Instance);

    public void Set(Any any, IMessage content) => messages[any] = content;

    /// <summary>Keeps what is not read here as it is written.</summary>
    /// <param name="typeUrl">Of the type that is written there; that of the Any itself may be another, which a TypedStruct names.</param>
    public void SetUnread(Any any, string typeUrl, ConfigMapping content) => unread[any] = (typeUrl, content);

    /// <summary>An Any with a message of another configuration, or of a part of one.</summary>
    public Any Pack(ProtoMessage message)
    {
        var any = new Any { TypeUrl = $"type.googleapis.com/{message.Message.Descriptor.FullName}" };
        others[any] = message;
        return any;
    }

    /// <summary>The message in an Any; null if there is none that was read.</summary>
    public IMessage? Message(Any any) => messages.GetValueOrDefault(any);

    /// <summary>What stands in an Any whose type is not read here; null for others.</summary>
    public (string TypeUrl, ConfigMapping Content)? Unread(Any any) => unread.TryGetValue(any, out var found) ? found : null;

    /// <summary>What was put into an Any by <see cref="Pack"/>; null for others.</summary>
    public ProtoMessage? Packed(Any any) => others.GetValueOrDefault(any);

    /// <summary>Only what stands below a message: the rest need not be kept.</summary>
    public AnyContents Under(IMessage message)
    {
        var part = new AnyContents();
        Collect(message, part);
        return part;
    }

    private void Collect(IMessage message, AnyContents part)
    {
        if (message is Any any)
        {
            if (messages.TryGetValue(any, out var content))
            {
                part.messages[any] = content;
                Collect(content, part);
            }
            else if (unread.TryGetValue(any, out var written))
            {
                part.unread[any] = written;
            }

            return;
        }

        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            CollectValue(field.Accessor.GetValue(message), part);
        }
    }

    private void CollectValue(object? value, AnyContents part)
    {
        switch (value)
        {
            case IMessage message:
                Collect(message, part);
                break;
            case IDictionary map:
                CollectAll(map.Values, part);
                break;
            case IList list:
                CollectAll(list, part);
                break;
            default:
                break;
        }
    }

    private void CollectAll(ICollection values, AnyContents part)
    {
        foreach (var value in values)
        {
            if (value is IMessage message)
            {
                Collect(message, part);
            }
        }
    }
}
