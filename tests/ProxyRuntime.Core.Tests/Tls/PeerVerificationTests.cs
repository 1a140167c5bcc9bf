namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What is found of certificates of clients and hosts.</summary>
public class PeerVerificationTests
{
    private static readonly CertificateInfo Shown = new()
    {
        Fingerprint256 = "ab",
        PublicKey256 = "cd",
        UriSans = ["spiffe://mesh/ns/a"],
        DnsSans = ["*.a.test"],
        IpSans = ["10.0.0.1"],
        EmailSans = ["me@a.test"],
    };

    private static readonly CertificateValidationSnapshot Trusting = new() { TrustedCaPem = "ca" };

    [Theory]
    [InlineData(false, false, PeerVerdict.NotValidated)]
    [InlineData(true, false, PeerVerdict.NoCertificate)]
    [InlineData(false, true, PeerVerdict.NoCertificate)]
    public void A_client_without_a_certificate_is_refused_where_one_is_needed(bool required, bool wantsName, PeerVerdict expected)
    {
        var validation = wantsName ? Trusting with { SubjectAltNames = [Name(SubjectAltNameType.Uri, "x")] } : Trusting;

        var verdict = PeerVerification.OfClient(Server(validation, required), null, isTrusted: false);

        Assert.Equal((expected, expected == PeerVerdict.NotValidated), (verdict, verdict.IsGood(validation)));
    }

    [Fact]
    public void Without_a_context_for_validation_nothing_is_looked_at() =>
        Assert.Equal(PeerVerdict.NotValidated, PeerVerification.OfClient(Server(null, required: true), Shown, isTrusted: false));

    [Theory]
    [InlineData(true, false, PeerVerdict.Validated, true)]
    [InlineData(false, false, PeerVerdict.Untrusted, false)]
    [InlineData(false, true, PeerVerdict.Untrusted, true)]
    public void A_chain_has_to_be_trusted_unless_anything_is_accepted(bool trusted, bool acceptsAll, PeerVerdict expected, bool good)
    {
        var validation = Trusting with { AcceptUntrusted = acceptsAll };

        var verdict = PeerVerification.OfClient(Server(validation), Shown, trusted);

        Assert.Equal((expected, good), (verdict, verdict.IsGood(validation)));
    }

    [Theory]
    [InlineData(SubjectAltNameType.Uri, "spiffe://mesh/ns/a", true)]
    [InlineData(SubjectAltNameType.Uri, "spiffe://mesh/ns/b", false)]
    [InlineData(SubjectAltNameType.Dns, "spiffe://mesh/ns/a", false)]
    [InlineData(SubjectAltNameType.Dns, "x.a.test", true)]
    [InlineData(SubjectAltNameType.Dns, "x.y.a.test", false)]
    [InlineData(SubjectAltNameType.Dns, "a.test", false)]
    [InlineData(SubjectAltNameType.IpAddress, "10.0.0.1", true)]
    [InlineData(SubjectAltNameType.Email, "me@a.test", true)]
    public void Type_and_text_of_a_name_have_to_fit(SubjectAltNameType type, string name, bool fits)
    {
        var validation = Trusting with { SubjectAltNames = [Name(SubjectAltNameType.Uri, "another"), Name(type, name)] };

        Assert.Equal(fits ? PeerVerdict.Validated : PeerVerdict.NameMismatch, PeerVerification.OfClient(Server(validation), Shown, isTrusted: true));
    }

    [Theory]
    [InlineData("ab", null, PeerVerdict.Validated)]
    [InlineData("zz", "cd", PeerVerdict.Validated)]
    [InlineData("zz", null, PeerVerdict.HashMismatch)]
    [InlineData(null, "zz", PeerVerdict.HashMismatch)]
    public void The_hash_of_the_certificate_or_of_its_key_suffices(string? certificate, string? key, PeerVerdict expected)
    {
        var validation = new CertificateValidationSnapshot
        {
            CertificateHashes = certificate is null ? [] : [certificate],
            PublicKeyHashes = key is null ? [] : [key],
        };

        Assert.Equal(expected, PeerVerification.OfClient(Server(validation), Shown, isTrusted: false));
    }

    [Theory]
    [InlineData("x.a.test", PeerVerdict.Validated)]
    [InlineData("b.test", PeerVerdict.NameMismatch)]
    public void A_host_has_to_have_the_name_that_a_request_asks_for(string name, PeerVerdict expected)
    {
        var tls = new UpstreamTlsSnapshot { Common = new TlsContextSnapshot { Validation = Trusting } };

        Assert.Equal(expected, PeerVerification.OfHost(tls, new UpstreamTransportOptions(name, name), name, Shown, isTrusted: true));
    }

    [Theory]
    [InlineData("x.a.test", PeerVerdict.Validated)]
    [InlineData("b.test", PeerVerdict.NameMismatch)]
    [InlineData("", PeerVerdict.NameMismatch)]
    public void With_auto_sni_san_validation_the_name_sent_takes_the_place_of_matchers(string sent, PeerVerdict expected)
    {
        var tls = new UpstreamTlsSnapshot
        {
            Common = new TlsContextSnapshot { Validation = Trusting with { SubjectAltNames = [Name(SubjectAltNameType.Dns, "other.test")] } },
            AutoSniSanValidation = true,
        };

        Assert.Equal(expected, PeerVerification.OfHost(tls, null, sent, Shown, isTrusted: true));
    }

    private static SubjectAltNameMatcher Name(SubjectAltNameType type, string text) => new(type, StringMatcher.Of(StringMatch.Exact, text));

    private static DownstreamTlsSnapshot Server(CertificateValidationSnapshot? validation, bool required = false) =>
        new()
        {
            Common = new TlsContextSnapshot { Validation = validation },
            RequireClientCertificate = required,
        };
}
