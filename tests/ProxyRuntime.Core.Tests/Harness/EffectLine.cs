using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Effects as short lines. Those of a request that the proxy makes itself name it: <c>start A2 on U2 end for C-1/0</c>.</summary>
internal static class EffectLine
{
    public static string Of(in Effect effect)
    {
        var end = effect.EndStream ? " end" : "";
        var own = effect.Stream.Connection.Value < 0 ? $" for {effect.Stream}" : "";
        return effect.Kind switch
        {
            EffectKind.OpenConnection => $"open {effect.Upstream} {effect.Host!.Address}",
            EffectKind.CloseConnection => $"close {effect.Upstream}",
            EffectKind.StartAttempt => $"start {effect.Attempt} on {effect.Upstream}{end}{own}",
            EffectKind.CancelAttempt => $"cancel {effect.Attempt}",
            EffectKind.LocalReply => $"reply {effect.Head!.StatusCode()} '{Text(effect.Body)}'",
            EffectKind.ForwardInformational => $"interim {effect.Head!.StatusCode()}",
            EffectKind.ForwardHeaders => $"headers {effect.Head!.StatusCode()}{end}",
            EffectKind.LogAccess => effect.EndStream ? "log" : "log, goes on",
            EffectKind.CloseDownstream => string.Create(CultureInfo.InvariantCulture, $"close downstream after {effect.Bytes / 1e6} ms"),
            EffectKind.ResetDownstream => "reset downstream",
            EffectKind.SendBody => $"SendBody '{Text(effect.Body)}'{end}{own}",
            EffectKind.CopyBody => string.Create(CultureInfo.InvariantCulture, $"CopyBody {effect.Bytes} from {effect.Source}{own}"),
            EffectKind.SendTrailers or EffectKind.ForwardTrailers => $"{effect.Kind} {Fields(effect.Head!)}{own}",
            EffectKind.HostCreated => $"created {effect.Host!.Address}",
            EffectKind.OutlierDetected => $"{(EjectionType)effect.Bytes} of {effect.Host!.Address}",
            EffectKind.ReleaseBody => $"ReleaseBody{own}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{effect.Kind} {effect.Bytes}{end}{own}"),
        };
    }

    private static string Text(ReadOnlyMemory<byte> body) => Encoding.Latin1.GetString(body.Span);

    private static string Fields(HeaderMap map) => map.ToString().TrimEnd('\n').Replace('\n', ',');
}
