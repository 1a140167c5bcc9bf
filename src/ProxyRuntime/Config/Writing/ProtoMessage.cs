using Google.Protobuf;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>A message of a configuration with what stands in the Anys below it.</summary>
/// <remarks>Nothing of it is public: whoever compares snapshots part by part sees none of it.</remarks>
internal sealed class ProtoMessage(IMessage message, AnyContents contents) : ConfigMessage
{
    internal IMessage Message => message;

    internal AnyContents Contents => contents;
}
