using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace MeshSim.Architecture.Tests;

/// <summary>The list of banned symbols bites: each snippet here is refused by the very analyzer and list that the build uses.</summary>
public class BannedSymbolTests
{
    [Theory]
    [InlineData("var x = System.DateTime.UtcNow;")]
    [InlineData("var x = System.DateTimeOffset.UtcNow;")]
    [InlineData("var x = System.Environment.TickCount64;")]
    [InlineData("var x = System.Diagnostics.Stopwatch.StartNew();")]
    [InlineData("var x = System.TimeProvider.System;")]
    [InlineData("System.Threading.Tasks.Task.Run(() => { });")]
    [InlineData("new System.Threading.Thread(() => { }).Start();")]
    [InlineData("var x = System.Random.Shared;")]
    [InlineData("var x = new System.Random(1);")]
    [InlineData("var x = System.Guid.NewGuid();")]
    [InlineData("System.IO.File.ReadAllText(\"x\");")]
    [InlineData("var x = System.HashCode.Combine(1, 2);")]
    [InlineData("var x = \"a\".GetHashCode();")]
    [InlineData("var x = new System.Collections.Concurrent.ConcurrentBag<int>();")]
    [InlineData("var x = System.Collections.Immutable.ImmutableDictionary.Create<int, int>();")]
    [InlineData("var x = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);")]
    public async Task A_banned_symbol_is_refused(string statement) => Assert.Contains("RS0030", await DiagnosticsAsync(statement));

    [Fact]
    public async Task What_is_not_banned_passes() => Assert.Empty(await DiagnosticsAsync("var x = System.Math.Sqrt(2);"));

    [Theory]
    [InlineData("src/ProxyRuntime/Core")]
    [InlineData("src/ProxyRuntime/Config")]
    [InlineData("src/ProxyRuntime/Admin")]
    [InlineData("src/Scenarios/Model")]
    [InlineData("src/Scenarios/Engine")]
    public void Deterministic_projects_opt_in(string folder) =>
        Assert.Contains(
            "<BannedSymbols>",
            File.ReadAllText(Directory.GetFiles(Path.Combine(Metadata("Root"), folder), "*.csproj").Single()),
            StringComparison.Ordinal
        );

    private static async Task<ImmutableArray<string>> DiagnosticsAsync(string statement)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "sample",
            [CSharpSyntaxTree.ParseText($"class C {{ void M() {{ {statement} }} }}")],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        );
        var list = new ListFile(Path.Combine(Metadata("Root"), "BannedSymbols.txt"));
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([list]),
            onAnalyzerException: null,
            concurrentAnalysis: false,
            logAnalyzerExecutionTime: false
        );
        var found = await compilation.WithAnalyzers([Analyzer()], options).GetAnalyzerDiagnosticsAsync();
        return [.. found.Select(diagnostic => diagnostic.Id).Distinct()];
    }

    private static DiagnosticAnalyzer Analyzer()
    {
        var path = Path.Combine(Metadata("BannedApiAnalyzers"), "analyzers", "dotnet", "cs", "Microsoft.CodeAnalysis.CSharp.BannedApiAnalyzers.dll");
        _ = Assembly.LoadFrom(Path.Combine(Path.GetDirectoryName(path)!, "Microsoft.CodeAnalysis.BannedApiAnalyzers.dll"));
        return (DiagnosticAnalyzer)Activator.CreateInstance(Assembly.LoadFrom(path).GetTypes().Single(type => type.Name == "CSharpSymbolIsBannedAnalyzer"))!;
    }

    private static string Metadata(string key) =>
        typeof(BannedSymbolTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;

    private sealed class ListFile(string path) : AdditionalText
    {
        public override string Path => "BannedSymbols.txt";

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(File.ReadAllText(path));
    }
}
