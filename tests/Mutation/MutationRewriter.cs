using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace MeshSim.Mutation;

/// <summary>
/// Writes all mutants of one file into it, each behind the switch: <c>(Is(7) ? a &lt;= b : a &lt; b)</c>. The mutated side holds the operands
/// as they were, since only one mutant acts at a time, so nested mutants do not multiply the source.
/// </summary>
/// <param name="firstId">Of the first mutant here; the same source gets the same ids.</param>
/// <param name="dropped">Mutants that do not compile: they keep their ids and are left out.</param>
internal sealed class MutationRewriter(SemanticModel model, string file, int firstId, IReadOnlySet<int> dropped) : CSharpSyntaxRewriter
{
    /// <summary>Marks the node that holds a mutant; the data is its id.</summary>
    public const string Annotation = "mutant";

    private static readonly Dictionary<SyntaxKind, (MutationOperator Operator, SyntaxKind Kind, SyntaxKind Token)> Swaps = new()
    {
        [SyntaxKind.LessThanExpression] = (MutationOperator.Boundary, SyntaxKind.LessThanOrEqualExpression, SyntaxKind.LessThanEqualsToken),
        [SyntaxKind.LessThanOrEqualExpression] = (MutationOperator.Boundary, SyntaxKind.LessThanExpression, SyntaxKind.LessThanToken),
        [SyntaxKind.GreaterThanExpression] = (MutationOperator.Boundary, SyntaxKind.GreaterThanOrEqualExpression, SyntaxKind.GreaterThanEqualsToken),
        [SyntaxKind.GreaterThanOrEqualExpression] = (MutationOperator.Boundary, SyntaxKind.GreaterThanExpression, SyntaxKind.GreaterThanToken),
        [SyntaxKind.EqualsExpression] = (MutationOperator.Equality, SyntaxKind.NotEqualsExpression, SyntaxKind.ExclamationEqualsToken),
        [SyntaxKind.NotEqualsExpression] = (MutationOperator.Equality, SyntaxKind.EqualsExpression, SyntaxKind.EqualsEqualsToken),
        [SyntaxKind.LogicalAndExpression] = (MutationOperator.Logic, SyntaxKind.LogicalOrExpression, SyntaxKind.BarBarToken),
        [SyntaxKind.LogicalOrExpression] = (MutationOperator.Logic, SyntaxKind.LogicalAndExpression, SyntaxKind.AmpersandAmpersandToken),
        [SyntaxKind.AddExpression] = (MutationOperator.Arithmetic, SyntaxKind.SubtractExpression, SyntaxKind.MinusToken),
        [SyntaxKind.SubtractExpression] = (MutationOperator.Arithmetic, SyntaxKind.AddExpression, SyntaxKind.PlusToken),
        [SyntaxKind.MultiplyExpression] = (MutationOperator.Arithmetic, SyntaxKind.DivideExpression, SyntaxKind.SlashToken),
        [SyntaxKind.DivideExpression] = (MutationOperator.Arithmetic, SyntaxKind.MultiplyExpression, SyntaxKind.AsteriskToken),
        [SyntaxKind.ModuloExpression] = (MutationOperator.Arithmetic, SyntaxKind.MultiplyExpression, SyntaxKind.AsteriskToken),
    };

    private readonly List<Mutant> mutants = [];

    public IReadOnlyList<Mutant> Mutants => mutants;

    // Statements.

    public override SyntaxNode? VisitIfStatement(IfStatementSyntax node)
    {
        var visited = (IfStatementSyntax)base.VisitIfStatement(node)!;
        return visited.WithCondition(Negated(node.Condition, visited.Condition));
    }

    public override SyntaxNode? VisitWhileStatement(WhileStatementSyntax node)
    {
        var visited = (WhileStatementSyntax)base.VisitWhileStatement(node)!;
        return visited.WithCondition(Negated(node.Condition, visited.Condition));
    }

    public override SyntaxNode? VisitConditionalExpression(ConditionalExpressionSyntax node)
    {
        var visited = (ConditionalExpressionSyntax)base.VisitConditionalExpression(node)!;
        return visited.WithCondition(Negated(node.Condition, visited.Condition));
    }

    public override SyntaxNode? VisitWhenClause(WhenClauseSyntax node)
    {
        var visited = (WhenClauseSyntax)base.VisitWhenClause(node)!;
        return visited.WithCondition(Negated(node.Condition, visited.Condition));
    }

    public override SyntaxNode? VisitExpressionStatement(ExpressionStatementSyntax node)
    {
        var visited = (StatementSyntax)base.VisitExpressionStatement(node)!;
        return IsDeletable(node.Expression) ? Deleted(node, visited) : visited;
    }

    public override SyntaxNode? VisitBreakStatement(BreakStatementSyntax node) =>
        node.Ancestors()
            .First(static at => at is SwitchSectionSyntax or CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax)
        is SwitchSectionSyntax
            ? base.VisitBreakStatement(node)
            : Deleted(node, (StatementSyntax)base.VisitBreakStatement(node)!);

    public override SyntaxNode? VisitContinueStatement(ContinueStatementSyntax node) => Deleted(node, (StatementSyntax)base.VisitContinueStatement(node)!);

    public override SyntaxNode? VisitReturnStatement(ReturnStatementSyntax node)
    {
        var visited = (ReturnStatementSyntax)base.VisitReturnStatement(node)!;
        return node.Expression is null ? Deleted(node, visited) : visited.WithExpression(Returned(node.Expression, visited.Expression!));
    }

    public override SyntaxNode? VisitArrowExpressionClause(ArrowExpressionClauseSyntax node)
    {
        var visited = (ArrowExpressionClauseSyntax)base.VisitArrowExpressionClause(node)!;
        return visited.WithExpression(Returned(node.Expression, visited.Expression));
    }

    public override SyntaxNode? VisitSwitchExpressionArm(SwitchExpressionArmSyntax node)
    {
        var visited = (SwitchExpressionArmSyntax)base.VisitSwitchExpressionArm(node)!;
        return TypeOf(node.Expression) is { SpecialType: SpecialType.System_Boolean }
            ? visited.WithExpression(Returned(node.Expression, visited.Expression))
            : visited;
    }

    /// <summary><c>void Do() =&gt; Act();</c> becomes a body, so that the statement can be left out.</summary>
    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        var visited = (MethodDeclarationSyntax)base.VisitMethodDeclaration(node)!;
        if (visited.ExpressionBody is not { } arrow || node.ReturnType is not PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword })
        {
            return visited;
        }

        if (!IsDeletable(node.ExpressionBody!.Expression))
        {
            return visited;
        }

        var statement = Deleted(node.ExpressionBody.Expression, ExpressionStatement(arrow.Expression));
        return visited.WithExpressionBody(null).WithSemicolonToken(default).WithBody(Block(statement));
    }

    // Expressions.

    public override SyntaxNode? VisitBinaryExpression(BinaryExpressionSyntax node)
    {
        var visited = (BinaryExpressionSyntax)base.VisitBinaryExpression(node)!;
        if (!Swaps.TryGetValue(node.Kind(), out var swap) || IsConstant(node) || Declares(node))
        {
            return visited;
        }

        if (swap.Operator == MutationOperator.Arithmetic && !IsNumber(TypeOf(node)) || swap.Operator == MutationOperator.Equality && IsCondition(node))
        {
            return visited; // Texts are joined with + as well; a whole condition is negated already.
        }

        var after = BinaryExpression(swap.Kind, Operand(node.Left), Token(TriviaList(Space), swap.Token, TriviaList(Space)), Operand(node.Right));
        return Switched(node, swap.Operator, visited, after);
    }

    public override SyntaxNode? VisitAssignmentExpression(AssignmentExpressionSyntax node)
    {
        var visited = (AssignmentExpressionSyntax)base.VisitAssignmentExpression(node)!;
        var (kind, token) = node.Kind() switch
        {
            SyntaxKind.AddAssignmentExpression => (SyntaxKind.SubtractAssignmentExpression, SyntaxKind.MinusEqualsToken),
            SyntaxKind.SubtractAssignmentExpression => (SyntaxKind.AddAssignmentExpression, SyntaxKind.PlusEqualsToken),
            _ => default,
        };
        return kind == default || !IsNumber(TypeOf(node.Left)) || Declares(node)
            ? visited
            : Switched(
                node,
                MutationOperator.Arithmetic,
                visited,
                AssignmentExpression(kind, node.Left, Token(TriviaList(Space), token, TriviaList(Space)), node.Right)
            );
    }

    // What is never called in earnest is left alone.

    public override SyntaxNode? VisitThrowStatement(ThrowStatementSyntax node) => node;

    public override SyntaxNode? VisitThrowExpression(ThrowExpressionSyntax node) => node;

    public override SyntaxNode? VisitAttributeList(AttributeListSyntax node) => node;

    /// <summary>What declares variables is made constant instead, on the side where they are not needed.</summary>
    private ExpressionSyntax Negated(ExpressionSyntax before, ExpressionSyntax visited)
    {
        if (IsConstant(before))
        {
            return visited;
        }

        if (!Declares(before))
        {
            return Switched(before, MutationOperator.Negate, visited, PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, Parenthesized(before)));
        }

        var refuses = before is PrefixUnaryExpressionSyntax || before.DescendantTokens().Any(static token => token.IsKind(SyntaxKind.NotKeyword));
        if (!Add(before, MutationOperator.Negate, refuses ? "true" : "false", out var id))
        {
            return visited;
        }

        return Marked(
            id,
            refuses
                ? BinaryExpression(SyntaxKind.LogicalOrExpression, Parenthesized(visited), Is(id))
                : BinaryExpression(SyntaxKind.LogicalAndExpression, Parenthesized(visited), PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, Is(id)))
        );
    }

    private ExpressionSyntax Returned(ExpressionSyntax before, ExpressionSyntax visited)
    {
        foreach (var constant in Constants(before))
        {
            visited = Switched(before, MutationOperator.Return, visited, constant);
        }

        return visited;
    }

    private IEnumerable<ExpressionSyntax> Constants(ExpressionSyntax before)
    {
        if (before is RefExpressionSyntax or ThrowExpressionSyntax or SwitchExpressionSyntax || model.GetTypeInfo(before).ConvertedType is not { } type)
        {
            return [];
        }

        var known = model.GetConstantValue(before);
        return type switch
        {
            { SpecialType: SpecialType.System_Boolean } => new[] { true, false }
                .Where(value => !known.HasValue || !Equals(known.Value, value))
                .Select(static value => LiteralExpression(value ? SyntaxKind.TrueLiteralExpression : SyntaxKind.FalseLiteralExpression)),
            _ when IsNumber(type) && !IsZero(known) => [LiteralExpression(SyntaxKind.NumericLiteralExpression, Literal(0))],
            { SpecialType: SpecialType.System_String } when !(known.HasValue && known.Value is "" or null) =>
            [
                LiteralExpression(SyntaxKind.StringLiteralExpression, Literal("")),
            ],
            _ when known.HasValue && IsZero(known) => [],
            { TypeKind: TypeKind.Enum } or { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } => [DefaultExpression(TypeName(type))],
            { IsReferenceType: true, NullableAnnotation: NullableAnnotation.Annotated } when !known.HasValue => [DefaultExpression(TypeName(type))],
            _ => [],
        };
    }

    private StatementSyntax Deleted(SyntaxNode before, StatementSyntax visited) =>
        Add(before, MutationOperator.Delete, ";", out var id)
            ? Block(IfStatement(PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, Is(id)), Block(visited))).WithAdditionalAnnotations(Mark(id))
            : visited;

    private ExpressionSyntax Switched(ExpressionSyntax before, MutationOperator kind, ExpressionSyntax visited, ExpressionSyntax after) =>
        Add(before, kind, after.ToString(), out var id) ? Marked(id, ConditionalExpression(Is(id), Parenthesized(after), Parenthesized(visited))) : visited;

    private bool Add(SyntaxNode before, MutationOperator kind, string after, out int id)
    {
        id = firstId + mutants.Count;
        var line = before.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
        mutants.Add(new Mutant(id, file, line, kind, OneLine(before.ToString()), OneLine(after)));
        return !dropped.Contains(id);
    }

    private static ExpressionSyntax Is(int id) => ParseExpression($"{ActiveMutant.Call}({id.ToString(CultureInfo.InvariantCulture)})");

    private static ParenthesizedExpressionSyntax Marked(int id, ExpressionSyntax inner) => ParenthesizedExpression(inner).WithAdditionalAnnotations(Mark(id));

    private static ParenthesizedExpressionSyntax Parenthesized(ExpressionSyntax inner) => ParenthesizedExpression(inner.WithoutTrivia());

    private static ExpressionSyntax Operand(ExpressionSyntax node) => node is BinaryExpressionSyntax ? Parenthesized(node) : node.WithoutTrivia();

    private static SyntaxAnnotation Mark(int id) => new(Annotation, id.ToString(CultureInfo.InvariantCulture));

    private static TypeSyntax TypeName(ITypeSymbol type) =>
        ParseTypeName(
            type.ToDisplayString(
                SymbolDisplayFormat.FullyQualifiedFormat.WithMiscellaneousOptions(
                    SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier | SymbolDisplayMiscellaneousOptions.UseSpecialTypes
                )
            )
        );

    private static string OneLine(string text) => string.Join(' ', text.Split((char[])[' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries));

    private ITypeSymbol? TypeOf(ExpressionSyntax node) => model.GetTypeInfo(node).Type;

    private bool IsConstant(ExpressionSyntax node) => model.GetConstantValue(node).HasValue;

    private static bool IsCondition(ExpressionSyntax node) =>
        node.Parent switch
        {
            IfStatementSyntax at => at.Condition == node,
            WhileStatementSyntax at => at.Condition == node,
            ConditionalExpressionSyntax at => at.Condition == node,
            WhenClauseSyntax => true,
            _ => false,
        };

    /// <summary>Locals are seldom worth it: without a value most do not compile.</summary>
    private bool IsDeletable(ExpressionSyntax node) =>
        node switch
        {
            InvocationExpressionSyntax or ConditionalAccessExpressionSyntax => true,
            PostfixUnaryExpressionSyntax or PrefixUnaryExpressionSyntax => true,
            AssignmentExpressionSyntax { Left: var left } => left is not (TupleExpressionSyntax or DeclarationExpressionSyntax)
                && model.GetSymbolInfo(left).Symbol is not IParameterSymbol { RefKind: RefKind.Out },
            _ => false,
        } && !Declares(node);

    private static bool Declares(SyntaxNode node) =>
        node.DescendantNodes(static at => at is not AnonymousFunctionExpressionSyntax).Any(static at => at is SingleVariableDesignationSyntax);

    private static bool IsNumber(ITypeSymbol? type) => type?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_Double;

    private static bool IsZero(Optional<object?> known) =>
        known.HasValue && (known.Value is null || known.Value is IConvertible number and not string && number.ToDouble(CultureInfo.InvariantCulture) == 0);
}
