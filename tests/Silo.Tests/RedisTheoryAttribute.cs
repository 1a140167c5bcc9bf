namespace MeshSim.Silo.Tests;

/// <summary>A test that needs redis-server. Without one it fails where tests have to be complete (<c>CI</c> is set), and is skipped with its reason elsewhere.</summary>
internal sealed class RedisTheoryAttribute : TheoryAttribute
{
    public RedisTheoryAttribute()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var isThere = Array.Exists(folders, static folder => File.Exists(Path.Combine(folder, "redis-server")));
        if (!isThere && Environment.GetEnvironmentVariable("CI") is null or "")
        {
            Skip = "redis-server is not installed: apt-get install redis-server";
        }
    }
}
