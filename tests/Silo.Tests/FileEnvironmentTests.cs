using System.Text;
using MeshSim.ProxyRuntime.Live;

namespace MeshSim.Silo.Tests;

public class FileEnvironmentTests
{
    private readonly FileEnvironment environment = new();

    [Fact]
    public void Files_are_read_up_to_the_limit()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "ten bytes.");

        Assert.Equal("ten bytes.", Encoding.UTF8.GetString(environment.ReadFile(path, 10, out var error)!));
        Assert.Null(error);
        Assert.Equal(10, environment.ReadFile(path, 0, out _)!.Length);
        Assert.Null(environment.ReadFile(path, 9, out error));
        Assert.Equal($"file {path} size is 10 bytes; maximum is 9", error);
        File.Delete(path);
    }

    [Fact]
    public void A_file_that_never_ends_is_too_long()
    {
        Assert.Null(environment.ReadFile("/dev/zero", 1000, out var error));
        Assert.StartsWith("file /dev/zero size is more than ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nowhere/file")]
    [InlineData("/")]
    [InlineData("")]
    public void What_cannot_be_read_is_told(string path)
    {
        Assert.Null(environment.ReadFile(path, 0, out var error));
        Assert.StartsWith($"unable to read file: {path} (", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables()
    {
        Environment.SetEnvironmentVariable("MESHSIM_TEST_VARIABLE", "value");

        Assert.Equal("value", environment.ReadVariable("MESHSIM_TEST_VARIABLE", out var error));
        Assert.Null(error);
        Assert.Null(environment.ReadVariable("MESHSIM_NO_SUCH_VARIABLE", out error));
        Assert.Equal("Environment variable doesn't exist: MESHSIM_NO_SUCH_VARIABLE", error);
        Assert.Null(environment.ReadVariable("", out _));
    }
}
