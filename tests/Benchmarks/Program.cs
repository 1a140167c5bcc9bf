using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using MeshSim.Benchmarks;
using MeshSim.Benchmarks.Engine;
using MeshSim.Benchmarks.Proxies;
using MeshSim.Benchmarks.Soak;
using Perfolizer.Horology;

// dotnet run --project tests/Benchmarks --configuration Release -- proxies
if (args is ["proxies", ..])
{
    ProxyComparison.Run(args);
    return 0;
}

// dotnet run --project tests/Benchmarks --configuration Release -- engine
if (args is ["engine", ..])
{
    return EngineComparison.Run(args);
}

if (args is ["soak", ..])
{
    return await SoakRun.RunAsync(args).ConfigureAwait(false);
}

// dotnet run --project tests/Benchmarks --configuration Release -- --filter '*'
// In this process: the assembly is not named as its project, and a project made for a benchmark would not find it.
// Processor time of many brief iterations: other programs on the machine disturb some of them, and the median leaves those out.
var job = Job
    .Default.WithToolchain(new InProcessEmitToolchain(timeout: TimeSpan.FromMinutes(10), logOutput: false))
    .WithClock(new CpuClock())
    .WithIterationTime(TimeInterval.FromMilliseconds(200))
    .WithWarmupCount(5)
    .WithIterationCount(15);
var config = DefaultConfig.Instance.AddJob(job).AddColumn(StatisticColumn.Median);
BenchmarkSwitcher.FromAssembly(typeof(RunBenchmark).Assembly).Run(args, config);
return 0;
