namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What a server shows to a client, and which protocol it agrees on.</summary>
public class ServerChoiceTests
{
    [Theory]
    [InlineData("a.test", false, false, 0)]
    [InlineData("a.test", true, false, 1)]
    [InlineData("x.b.test", false, false, 2)]
    [InlineData("y.x.b.test", false, false, 0)]
    [InlineData("only.test", true, false, 3)]
    [InlineData("", false, false, 0)]
    [InlineData("", true, false, 1)]
    [InlineData("strange.test", true, false, 0)]
    [InlineData("strange.test", true, true, 1)]
    public void The_certificate_fits_name_and_kind_of_key(string name, bool ecdsa, bool fullScan, int expected)
    {
        var tls = new DownstreamTlsSnapshot
        {
            Common = new TlsContextSnapshot
            {
                Certificates = [Certificate("a.test"), Certificate("a.test", ecdsa: true), Certificate("*.b.test"), Certificate("only.test")],
            },
            FullScanCertsOnSniMismatch = fullScan,
        };

        Assert.Same(tls.Common.Certificates[expected], CertificateSelection.Choose(tls, name, ecdsa));
    }

    [Theory]
    [InlineData("http/1.1,istio", "istio")]
    [InlineData("http/1.1", "http/1.1")]
    [InlineData("h2", null)]
    [InlineData("", null)]
    public void The_first_of_the_servers_protocols_that_the_client_offers_is_agreed_on(string offered, string? expected) =>
        Assert.Equal(expected, AlpnSelection.Choose(["istio", "http/1.1"], offered.Split(',')));

    private static TlsCertificateSnapshot Certificate(string name, bool ecdsa = false) =>
        new()
        {
            ChainPem = "",
            PrivateKeyPem = "",
            Path = "",
            Chain = [new CertificateInfo { DnsSans = [name], HasEcdsaKey = ecdsa }],
        };
}
