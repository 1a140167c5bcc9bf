using System.Runtime.CompilerServices;
using MeshSim.Mutation;

// A worker's own output must stay free of what tests print.
if (args is ["worker"])
{
    var output = Console.Out;
    Console.SetOut(TextWriter.Null);
    return Worker.Run(AppContext.BaseDirectory, Console.In, output);
}

if (args is not ["run", ..] || RunOptions.Parse(Project(), args.AsSpan(1)) is not { } options)
{
    await Console.Error.WriteLineAsync(RunOptions.Usage);
    return 2;
}

var result = await new MutationRun(options).RunAsync();
var earlier = options.Report is { } path && File.Exists(path) ? await File.ReadAllTextAsync(path) : "";
var text = Report.Write(result, options, earlier);
if (options.Report is null)
{
    await Console.Out.WriteAsync(text);
}
else
{
    await File.WriteAllTextAsync(options.Report, text);
}

return 0;

static string Project([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../src/ProxyRuntime/Core"));
