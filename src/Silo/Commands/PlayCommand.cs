using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeshSim.Scenarios.Play;

namespace MeshSim.Silo;

/// <summary><c>meshsim play</c>: cases of the conformance harness in virtual time.</summary>
internal static class PlayCommand
{
    private static readonly Argument<string> Cases = new("cases") { Description = "Case file of the conformance harness (JSON)" };
    private static readonly Option<string> Out = new("--out") { Description = "Folder that takes a record NAME.json for each case", Required = true };
    private static readonly Option<string[]> Only = new("--case")
    {
        Description = "Plays only the case of that name; may be given again",
        AllowMultipleArgumentsPerToken = false,
    };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "Seed of everything random", DefaultValueFactory = _ => 1 };
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var command = new Command("play", "Play conformance cases in virtual time and write what was observed") { Cases, Out, Only, Seed };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        var file = arguments.GetValue(Cases)!;
        try
        {
            var cases = Chosen(CaseLoader.Load(InputFile.Read(file), file), arguments.GetValue(Only) ?? []);
            var pki = Pki(file);
            var folder = Directory.CreateDirectory(arguments.GetValue(Out)!).FullName;
            foreach (var played in cases)
            {
                var record = CasePlayer.Play(played, arguments.GetValue(Seed), pki);
                File.WriteAllText(Path.Combine(folder, played.Name + ".json"), record.ToJsonString(Indented) + "\n");
                Console.WriteLine($"{(record["ready"]?.GetValue<bool>() == true ? "played   " : "not ready")} {played.Name}{Reason(record)}");
            }

            return ExitCodes.Fine;
        }
        catch (CaseFormatException e)
        {
            throw new BadInputException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"cannot write to '{arguments.GetValue(Out)}': {e.Message}", e);
        }
    }

    /// <summary>The certificates of the cases: pki.json beside them or beside their folder.</summary>
    private static CasePki Pki(string file)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var found = Array.Find([Path.Combine(folder, "pki.json"), Path.Combine(folder, "..", "pki.json")], File.Exists);
        return found is null ? CasePki.Empty : CasePki.Load(InputFile.Read(found), found);
    }

    private static List<PlayCase> Chosen(IReadOnlyCollection<PlayCase> cases, string[] names)
    {
        var known = cases.Select(static played => played.Name).ToHashSet(StringComparer.Ordinal);
        return Array.Find(names, name => !known.Contains(name)) is { } stranger
            ? throw new BadInputException($"no case '{stranger}'; there are: {string.Join(", ", known.Order(StringComparer.Ordinal))}")
            : [.. cases.Where(played => names.Length == 0 || names.Contains(played.Name, StringComparer.Ordinal))];
    }

    /// <summary>Why a proxy did not come up, in one line.</summary>
    private static string Reason(JsonObject record) => record["output_tail"] is { } said ? $": {said.GetValue<string>().Split('\n')[0]}" : "";
}
