using Envoy.Config.Core.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Http.OriginalIpDetection.CustomHeader.V3;
using Envoy.Extensions.Http.OriginalIpDetection.Xff.V3;
using MeshSim.ProxyRuntime.Core;
using CidrRange = MeshSim.ProxyRuntime.Core.CidrRange;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Where a connection manager looks for the address of its clients.</summary>
internal sealed class ClientAddressBuilder(BuildContext context)
{
    public ClientAddressSnapshot Build(HttpConnectionManager manager)
    {
        var useRemoteAddress = manager.UseRemoteAddress ?? false;
        if (manager.OriginalIpDetectionExtensions.Count > 0 && (useRemoteAddress || manager.XffNumTrustedHops > 0))
        {
            context.Map.Problem(
                manager,
                "original_ip_detection_extensions",
                useRemoteAddress
                    ? "Original IP detection extensions and use_remote_address may not be mixed"
                    : "Original IP detection extensions and xff_num_trusted_hops may not be mixed"
            );
        }

        return new ClientAddressSnapshot
        {
            UseRemoteAddress = useRemoteAddress,
            TrustedHops = manager.XffNumTrustedHops,
            SkipXffAppend = manager.SkipXffAppend,
            AppendForwardedPort = manager.AppendXForwardedPort,
            InternalRanges = [.. (manager.InternalAddressConfig?.CidrRanges ?? []).Select(MatcherBuilder.Range).OfType<CidrRange>()],
            Detections = [.. manager.OriginalIpDetectionExtensions.Select(Detection).OfType<OriginalIpDetection>()],
        };
    }

    private OriginalIpDetection? Detection(TypedExtensionConfig extension) =>
        context.Extension(
            extension,
            extension.Name,
            extension.TypedConfig,
            "envoy.extensions.http.original_ip_detection.",
            XffConfig.Descriptor,
            CustomHeaderConfig.Descriptor
        ) switch
        {
            XffConfig xff => Xff(xff),
            CustomHeaderConfig header => new CustomHeaderDetection(
                HeaderName.Of(header.HeaderName),
                header.AllowExtensionToSetAddressAsTrusted,
                RejectStatus(header)
            ),
            _ => null,
        };

    private XffDetection Xff(XffConfig xff)
    {
        if (xff.XffNumTrustedHops > 0 && xff.XffTrustedCidrs is not null)
        {
            context.Map.Problem(xff, "xff_trusted_cidrs", "Cannot set both xff_num_trusted_hops and xff_trusted_cidrs");
        }

        return new XffDetection(
            xff.XffNumTrustedHops,
            [.. (xff.XffTrustedCidrs?.Cidrs ?? []).Select(MatcherBuilder.Range).OfType<CidrRange>()],
            xff.SkipXffAppend ?? true
        );
    }

    /// <summary>A status outside 400 to 511 counts as 403.</summary>
    private static int? RejectStatus(CustomHeaderConfig header) =>
        header.RejectWithStatus is null ? null
        : (int)header.RejectWithStatus.Code is var code and >= 400 and <= 511 ? code
        : 403;
}
