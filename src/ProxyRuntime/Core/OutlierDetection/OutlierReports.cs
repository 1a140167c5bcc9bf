namespace MeshSim.ProxyRuntime.Core;

/// <summary>Tells the main machine which counts of a host have just reached their thresholds.</summary>
internal static class OutlierReports
{
    public static void Tell(WorkerContext context, ClusterSnapshot cluster, HostState host, Detections found)
    {
        if (found != Detections.None)
        {
            Tell(context, cluster, host, found, Detections.GatewayFailure, EjectionType.ConsecutiveGatewayFailure);
            Tell(context, cluster, host, found, Detections.FiveXx, EjectionType.Consecutive5xx);
            Tell(context, cluster, host, found, Detections.LocalOriginFailure, EjectionType.ConsecutiveLocalOriginFailure);
        }
    }

    private static void Tell(WorkerContext context, ClusterSnapshot cluster, HostState host, Detections found, Detections one, EjectionType type)
    {
        if ((found & one) != 0)
        {
            ref var effect = ref context.Effects.Add(EffectKind.OutlierDetected);
            effect.Subject = host;
            effect.Cluster = cluster;
            effect.Bytes = (long)type;
        }
    }
}
