using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace MeshSim.Benchmarks.Proxies;

/// <summary>A proxy under measurement: a process of ours that listens on a port of loopback and forwards to the backend.</summary>
internal sealed class Rival : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process process;

    private Rival(string name, int port, Process process)
    {
        (Name, Port, this.process) = (name, port, process);
    }

    public string Name { get; }

    public int Port { get; }

    /// <summary>From the start of the process to the first connection it took.</summary>
    public TimeSpan StartTime { get; private init; }

    /// <summary>The process that carries requests: a child where the one we started only watches over it.</summary>
    public int Pid
    {
        get
        {
            var children = File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return children.Length > 0 ? int.Parse(children[0], CultureInfo.InvariantCulture) : process.Id;
        }
    }

    /// <exception cref="InvalidOperationException">It ended, or did not listen in twenty seconds.</exception>
    public static Rival Start(string name, int port, string program, params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var started = Process.Start(start)!;
        started.OutputDataReceived += static (_, _) => { };
        started.ErrorDataReceived += static (_, _) => { };
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        while (!Listens(port))
        {
            if (started.HasExited || watch.Elapsed > Patience)
            {
                throw new InvalidOperationException($"{name} does not listen on port {port}: {program} {string.Join(' ', arguments)}");
            }

            Thread.Sleep(2);
        }

        return new Rival(name, port, started) { StartTime = watch.Elapsed };
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        process.Dispose();
    }

    private static bool Listens(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
