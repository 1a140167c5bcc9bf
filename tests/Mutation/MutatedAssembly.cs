using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace MeshSim.Mutation;

/// <summary>One assembly that holds every mutant of some sources of a project, to be chosen while it runs.</summary>
internal sealed class MutatedAssembly
{
    private const int MaxRounds = 12;

    private readonly List<Part> parts = [];
    private readonly HashSet<int> dropped = [];
    private CSharpCompilation compilation;

    /// <param name="project">The folder of the project, built before: its generated sources are taken too.</param>
    /// <param name="sources">Folders, with a slash at the end, and files in it that are mutated.</param>
    public MutatedAssembly(string project, string assemblyName, IReadOnlyCollection<string> sources)
    {
        var options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest);
        var own = Files(project).Where(static file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal));
        var made = Files(project).Where(static file => file.StartsWith("obj/Release/net10.0/", StringComparison.Ordinal));
        var trees = own.Concat(made).Select(file => (File: file, Tree: Parse(File.ReadAllText(Path.Combine(project, file)), file, options))).ToArray();
        compilation = CSharpCompilation.Create(
            assemblyName,
            trees.Select(static tree => tree.Tree),
            Platform(),
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable
            )
        );
        var firstId = 1;
        foreach (var (file, tree) in trees.Where(tree => sources.Any(source => tree.File.StartsWith(source, StringComparison.Ordinal))))
        {
            var part = new Part(file, tree, compilation.GetSemanticModel(tree), firstId);
            parts.Add(part);
            firstId += part.Write(dropped).Count;
        }

        compilation = compilation.AddSyntaxTrees(Parse(ActiveMutant.Source, "Switch.cs", options));
    }

    /// <summary>Those that compile.</summary>
    public IReadOnlyList<Mutant> Mutants { get; private set; } = [];

    /// <summary>How many were left out because the assembly did not compile with them.</summary>
    public int CompileErrors => dropped.Count;

    /// <summary>Compiles, leaving out one round after another what does not.</summary>
    public void WriteTo(string path)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            Mutants = [.. parts.SelectMany(part => part.Write(dropped)).Where(mutant => !dropped.Contains(mutant.Id))];
            var mutated = compilation;
            foreach (var part in parts)
            {
                mutated = mutated.ReplaceSyntaxTree(part.Original, part.Mutated);
            }

            using var output = new MemoryStream();
            var result = mutated.Emit(output);
            if (result.Success)
            {
                File.WriteAllBytes(path, output.ToArray());
                return;
            }

            var errors = result.Diagnostics.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToArray();
            var before = dropped.Count;
            foreach (var error in errors)
            {
                Drop(error);
            }

            if (dropped.Count == before)
            {
                throw new InvalidOperationException($"The project does not compile: {errors[0]}");
            }
        }

        throw new InvalidOperationException($"The project does not compile after {MaxRounds} rounds.");
    }

    /// <summary>The mutants around an error, or, where the error is elsewhere, those of its member: first the statements left out.</summary>
    private void Drop(Diagnostic error)
    {
        if (parts.Find(part => part.Mutated == error.Location.SourceTree) is not { } part)
        {
            return;
        }

        var node = part.Mutated.GetRoot().FindNode(error.Location.SourceSpan, getInnermostNodeForTie: true);
        var around = node.AncestorsAndSelf().Select(IdOf).FirstOrDefault(static id => id != 0);
        if (around != 0 && dropped.Add(around))
        {
            return;
        }

        var member = node.AncestorsAndSelf().OfType<MemberDeclarationSyntax>().First();
        var inside = member.DescendantNodesAndSelf().Select(IdOf).Where(static id => id != 0).ToArray();
        var deletions = inside.Where(id => part.OperatorOf(id) == MutationOperator.Delete).ToArray();
        dropped.UnionWith(deletions.Length > 0 ? deletions : inside);
    }

    private static int IdOf(SyntaxNode node) =>
        node.GetAnnotations(MutationRewriter.Annotation).Select(static mark => int.Parse(mark.Data!, CultureInfo.InvariantCulture)).FirstOrDefault();

    private static SyntaxTree Parse(string text, string file, CSharpParseOptions options) =>
        CSharpSyntaxTree.ParseText(SourceText.From(text, System.Text.Encoding.UTF8), options, file);

    /// <summary>All C# files below a folder, in ordinal order.</summary>
    private static IEnumerable<string> Files(string folder) =>
        Directory
            .EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    /// <summary>The libraries of the runtime; what is mutated needs no others.</summary>
    private static IEnumerable<MetadataReference> Platform() =>
        Directory
            .EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System*.dll")
            .Select(static file => MetadataReference.CreateFromFile(file));

    /// <summary>One file, as it is and with its mutants.</summary>
    private sealed class Part(string file, SyntaxTree original, SemanticModel model, int firstId)
    {
        private IReadOnlyList<Mutant> mutants = [];

        public SyntaxTree Original => original;

        public SyntaxTree Mutated { get; private set; } = null!;

        public IReadOnlyList<Mutant> Write(IReadOnlySet<int> dropped)
        {
            var rewriter = new MutationRewriter(model, file, firstId, dropped);
            var root = (CSharpSyntaxNode)rewriter.Visit(original.GetRoot());
            Mutated = CSharpSyntaxTree.Create(root, (CSharpParseOptions)original.Options, file, System.Text.Encoding.UTF8);
            return mutants = rewriter.Mutants;
        }

        public MutationOperator OperatorOf(int id) => mutants[id - firstId].Operator;
    }
}
