using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Effects and deadlines of machines as lines of text, one each: what a replay must give again.</summary>
public static class EffectText
{
    public static string Of(in Effect effect)
    {
        var ids = effect.Kind switch
        {
            EffectKind.OpenConnection =>
                $"{effect.Upstream} {effect.Host!.Address}{Transport(effect.Transport)}{(effect.IsTcp ? $" for {effect.Connection}" : "")}",
            EffectKind.PassBytes => $"{effect.Connection} {effect.Upstream}",
            EffectKind.CloseConnection => effect.Upstream.ToString(),
            EffectKind.StartAttempt
            or EffectKind.SendData
            or EffectKind.SendBuffered
            or EffectKind.SendBody
            or EffectKind.SendTrailers
            or EffectKind.CancelAttempt => $"{effect.Stream} {effect.Attempt} {effect.Upstream}{(effect.WantsContent ? " content" : "")}",
            EffectKind.BufferBody => $"{effect.Stream}{(effect.AwaitsConnection ? " awaits" : "")}",
            EffectKind.CopyBody => $"{effect.Stream} {effect.Source}",
            EffectKind.CloseDownstream or EffectKind.EndInspection => effect.Connection.ToString(),
            EffectKind.UseFilterChain => $"{effect.Connection} {TextCodec.Escape(effect.FilterChain!.Name)}{(effect.FilterChain.Tls is null ? "" : " tls")}",
            EffectKind.ResolveDns => $"{TextCodec.Escape(effect.Dns!.Cluster)} {TextCodec.Escape(effect.Dns.Name)} {effect.Dns.Family}",
            EffectKind.WatchEndpoints => TextCodec.Escape(effect.Cluster!.Name),
            EffectKind.HostUpdate => InputText.Membership(effect.Membership!),
            EffectKind.HostFailed or EffectKind.HostCreated => InputText.HostOf(effect.Cluster!.Name, effect.Host!),
            EffectKind.OutlierDetected => $"{InputText.HostOf(effect.Cluster!.Name, effect.Host!)} {(EjectionType)effect.Bytes}",
            EffectKind.ImmediateHealthCheckFail => InputText.HostOf(effect.Cluster!.Name, effect.Host!),
            EffectKind.TrafficBegan => TextCodec.Escape(effect.Cluster!.Name),
            EffectKind.OpenProbe => $"{effect.Upstream} {effect.Probe!.Address} {effect.Probe.Protocol}{Transport(effect.Transport)}",
            EffectKind.SendProbe => $"{effect.Attempt} {effect.Upstream}",
            EffectKind.CancelProbe or EffectKind.CloseProbe => effect.Upstream.ToString(),
            EffectKind.LogEvent => TextCodec.Escape(effect.File!),
            EffectKind.WatchListeners => "",
            EffectKind.OpenListener or EffectKind.CloseListener or EffectKind.RemoveListener => TextCodec.Escape(effect.Listener!.Name),
            EffectKind.LogAccess => Log(effect.Log!),
            _ => effect.Stream.ToString(),
        };
        var bytes = effect.Bytes == 0 ? "" : effect.Bytes.ToString(CultureInfo.InvariantCulture);
        var head = effect.Head is { } map ? TextCodec.Headers(map) : "";
        var body = effect.Body.IsEmpty ? "" : TextCodec.Escape(effect.Body.Span);
        return string.Join(' ', new[] { $"< {effect.Kind}", ids, bytes, effect.EndStream ? "end" : "", head, body }.Where(static word => word.Length > 0));
    }

    public static string Deadline(MonotonicTime? deadline) =>
        deadline is { } time ? string.Create(CultureInfo.InvariantCulture, $"@ {time.Nanoseconds}") : "@ never";

    private static string Transport(UpstreamTransport? transport) => transport is null ? "" : $" tls {TextCodec.Escape(transport.ServerName)}";

    private static string Log(StreamInfo info)
    {
        var flags = string.Join(',', Enumerable.Range(0, info.Flags.Count).Select(i => info.Flags[i].ShortName()));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{info.Stream} {info.ResponseCode} [{flags}] {TextCodec.Escape(info.ResponseCodeDetails)} {info.AttemptCount} {info.BytesReceived} {info.BytesSent}"
        );
    }
}
