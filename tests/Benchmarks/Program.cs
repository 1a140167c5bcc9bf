using BenchmarkDotNet.Running;
using MeshSim.Benchmarks;

// dotnet run --project tests/Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(RunBenchmark).Assembly).Run(args);
