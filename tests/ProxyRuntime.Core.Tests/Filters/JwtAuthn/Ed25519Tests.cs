using System.Numerics;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class Ed25519Tests
{
    /// <summary>RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc).</summary>
    [Theory]
    [InlineData(
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )]
    [InlineData(
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )]
    [InlineData(
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )]
    [InlineData(
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
    )]
    public void The_published_signatures_verify_and_no_flipped_bit_does(string publicKey, string message, string signature)
    {
        var key = Convert.FromHexString(publicKey);
        var text = Convert.FromHexString(message);
        var signed = Convert.FromHexString(signature);

        Assert.True(Ed25519.Verify(key, text, signed));
        for (var bit = 0; bit < signed.Length * 8; bit += 13)
        {
            Assert.False(Ed25519.Verify(key, text, Flip(signed, bit)), $"signature bit {bit}");
        }

        for (var bit = 0; bit < key.Length * 8; bit += 17)
        {
            Assert.False(Ed25519.Verify(Flip(key, bit), text, signed), $"key bit {bit}");
        }

        Assert.False(Ed25519.Verify(key, [.. text, 0], signed));
    }

    [Theory]
    [InlineData(31, 64)]
    [InlineData(33, 64)]
    [InlineData(32, 63)]
    [InlineData(32, 65)]
    [InlineData(0, 0)]
    public void Wrong_lengths_do_not_verify(int keyBytes, int signatureBytes) => Assert.False(Ed25519.Verify(new byte[keyBytes], [], new byte[signatureBytes]));

    /// <summary>With the neutral point as key, R = sB whatever the message: that shows the bounds of s and of y by themselves.</summary>
    [Fact]
    public void S_has_to_be_below_the_order_but_the_key_may_be_written_beyond_p()
    {
        var order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");
        var neutral = Little(1);

        Assert.True(Ed25519.Verify(neutral, [1, 2, 3], [.. neutral, .. Little(0)]));
        Assert.False(Ed25519.Verify(neutral, [1, 2, 3], [.. neutral, .. Little(order)]));
        Assert.True(Ed25519.Verify(Little(BigInteger.Pow(2, 255) - 18), [1, 2, 3], [.. neutral, .. Little(0)]));
    }

    /// <summary>No point has y = 2.</summary>
    [Fact]
    public void A_key_that_is_not_on_the_curve_verifies_nothing() => Assert.False(Ed25519.Verify(Little(2), [], [.. Little(1), .. Little(0)]));

    private static byte[] Little(BigInteger number)
    {
        var bytes = new byte[32];
        Assert.True(number.TryWriteBytes(bytes, out _, isUnsigned: true));
        return bytes;
    }

    private static byte[] Flip(byte[] bytes, int bit)
    {
        byte[] flipped = [.. bytes];
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }
}
