namespace MeshSim.Scenarios.Engine;

/// <summary>A request that an entity sends.</summary>
/// <param name="Template">Which of the templates of the run it has.</param>
/// <param name="Key">Which of the keys of its header, if it has one.</param>
/// <param name="TimeoutNs">The sender waits no longer than this.</param>
/// <param name="Owner">The sender's own number for it.</param>
/// <param name="RequestId">x-request-id that is passed on; empty for none.</param>
internal readonly record struct OutgoingRequest(int Template, int Key, long TimeoutNs, long Owner, ReadOnlyMemory<byte> RequestId = default);

/// <summary>How a request ended.</summary>
/// <param name="owner">The sender's own number for it.</param>
/// <param name="connection">The number of the connection it was sent on.</param>
/// <param name="sentNs">When it was sent.</param>
/// <param name="status">0 for no answer.</param>
internal delegate void RequestDone(long owner, long connection, long sentNs, int status);
