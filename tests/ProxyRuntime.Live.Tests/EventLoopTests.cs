namespace MeshSim.ProxyRuntime.Live.Tests;

public class EventLoopTests
{
    /// <summary>What a loop is woken by may be another file's descriptor after its end.</summary>
    [Fact]
    public void What_is_posted_to_a_loop_that_has_ended_touches_no_file()
    {
        var loop = new EventLoop("test", new LiveClock());
        loop.Start();
        loop.Dispose();
        var paths = Enumerable.Range(0, 64).Select(static _ => Path.GetTempFileName()).ToArray();
        var files = Array.ConvertAll(paths, static path => File.Open(path, FileMode.Open, FileAccess.ReadWrite));
        try
        {
            loop.Post(static () => { });
            loop.Stop();

            Assert.All(files, static file => Assert.Equal(0, file.Length));
        }
        finally
        {
            Array.ForEach(files, static file => file.Dispose());
            Array.ForEach(paths, File.Delete);
        }
    }
}
