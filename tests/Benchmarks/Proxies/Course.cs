using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MeshSim.Benchmarks.Proxies;

/// <summary>The backend and the proxies in front of it, each with its configuration in a folder of the run.</summary>
internal sealed class Course : IDisposable
{
    private const int BackendPort = 23901;
    private const int FirstPort = 23902;

    private readonly string folder = Directory.CreateTempSubdirectory("meshsim-proxies").FullName;
    private readonly Rival backend;
    private readonly List<Rival> rivals = [];

    /// <param name="program">The program <c>meshsim</c> as built for release.</param>
    /// <param name="tls">Clients speak TLS 1.3 to the proxies.</param>
    public Course(string program, bool tls)
    {
        if (tls)
        {
            WriteCertificate();
        }

        backend = Rival.Start("backend", BackendPort, "nginx", "-c", Write("backend.conf", Configurations.Backend, 0, ""));
        Add("meshsim", Configurations.Meshsim, tls ? Configurations.MeshsimTls : "", program, file => ["proxy", "-c", file, "--concurrency", "1"]);
        Add("nginx", Configurations.Nginx, tls ? Configurations.NginxTls : "", "nginx", static file => ["-c", file]);
        Add("haproxy", Configurations.Haproxy, tls ? Configurations.HaproxyTls : "", "haproxy", static file => ["-f", file]);
    }

    public IReadOnlyList<Rival> Rivals => rivals;

    /// <summary>Gets what is not here from Debian's packages.</summary>
    public static void Install()
    {
        string[] programs = ["nginx", "haproxy", "wrk"];
        if (programs.All(static name => File.Exists($"/usr/bin/{name}") || File.Exists($"/usr/sbin/{name}")))
        {
            return;
        }

        using var apt = Process.Start("apt-get", ["install", "--yes", "--no-install-recommends", .. programs]);
        apt.WaitForExit();
        if (apt.ExitCode != 0)
        {
            throw new InvalidOperationException("apt-get could not install nginx, haproxy and wrk.");
        }
    }

    public void Dispose()
    {
        rivals.ForEach(static rival => rival.Dispose());
        backend.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void Add(string name, string configuration, string tls, string program, Func<string, string[]> arguments)
    {
        var port = FirstPort + rivals.Count;
        rivals.Add(Rival.Start(name, port, program, arguments(Write($"{name}.conf", configuration, port, tls))));
    }

    private string Write(string name, string text, int port, string tls)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(
            path,
            text.Replace("TLS", tls, StringComparison.Ordinal)
                .Replace("DIR", folder, StringComparison.Ordinal)
                .Replace("PORT", $"{port}", StringComparison.Ordinal)
                .Replace("BACKEND", $"{BackendPort}", StringComparison.Ordinal)
                .Replace("BODY", new string('x', 100), StringComparison.Ordinal)
        );
        return path;
    }

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        var (pem, keyPem) = (certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
        File.WriteAllText(Path.Combine(folder, "certificate.pem"), pem);
        File.WriteAllText(Path.Combine(folder, "key.pem"), keyPem);
        File.WriteAllText(Path.Combine(folder, "both.pem"), pem + keyPem);
    }
}
