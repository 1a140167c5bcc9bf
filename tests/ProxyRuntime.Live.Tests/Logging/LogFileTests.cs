namespace MeshSim.ProxyRuntime.Live.Tests.Logging;

public sealed class LogFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("meshsim-log").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_follows_a_reopening_goes_to_a_new_file()
    {
        using var log = new LogFile(In("access.log"));
        _ = log.Append("one\n"u8);
        File.Move(In("access.log"), In("moved.log"));
        log.Reopen();
        log.Write();
        _ = log.Append("two\n"u8);
        log.Write();

        Assert.Equal("one\n", File.ReadAllText(In("moved.log")));
        Assert.Equal("two\n", File.ReadAllText(In("access.log")));
    }

    [Fact]
    public void A_folder_that_is_gone_costs_lines_only()
    {
        var sub = Directory.CreateDirectory(In("sub")).FullName;
        using var log = new LogFile(Path.Combine(sub, "access.log"));
        Directory.Delete(sub, recursive: true);
        log.Reopen();
        log.Write();
        _ = log.Append("lost\n"u8);
        log.Write();
        Assert.False(Directory.Exists(sub));
    }

    [Fact]
    public void The_first_line_asks_to_be_written_soon_and_64_KiB_at_once()
    {
        using var log = new LogFile(new MemoryStream());
        var line = new byte[1024];
        Assert.Equal(LogNeed.WriteSoon, log.Append(line));
        Assert.All(Enumerable.Range(0, 62), _ => Assert.Equal(LogNeed.None, log.Append(line)));
        Assert.Equal(LogNeed.WriteNow, log.Append(line));
        Assert.Equal(LogNeed.None, log.Append(line));
    }

    [Fact]
    public void Lines_that_nobody_writes_do_not_fill_the_memory()
    {
        using var stream = new MemoryStream();
        using var log = new LogFile(stream);
        var line = new byte[1024 * 1024];
        for (var i = 0; i < 20; i++)
        {
            _ = log.Append(line);
        }

        log.Write();
        Assert.Equal(16 * line.Length, stream.Length);
    }

    private string In(string name) => Path.Combine(folder, name);
}
