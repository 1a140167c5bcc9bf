using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using MeshSim.Benchmarks;

// dotnet run --project tests/Benchmarks -- --filter '*'
// In this process: the assembly is not named as its project, and a project made for a benchmark would not find it.
var config = DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(new InProcessEmitToolchain(timeout: TimeSpan.FromMinutes(10), logOutput: false)));
BenchmarkSwitcher.FromAssembly(typeof(RunBenchmark).Assembly).Run(args, config);
