using System.Buffers.Text;
using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class WebSafeBase64Tests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Zg", "66")]
    [InlineData("Zg==", "66")]
    [InlineData("Zg..", "66")]
    [InlineData("Zm8", "666F")]
    [InlineData("Zm8=", "666F")]
    [InlineData("Zm9v", "666F6F")]
    [InlineData("-_-_", "FBFFBF")]
    [InlineData(" Z\tm\n9\r\fv\v", "666F6F")]
    [InlineData("Zg = =\n", "66")]
    [InlineData("Zh", "66")]
    [InlineData("Zm9", "666F")]
    public void What_Envoy_decodes_is_decoded(string text, string hex) => Assert.Equal(hex, Convert.ToHexString(WebSafeBase64.TryDecode(text)!));

    [Theory]
    [InlineData("Z")]
    [InlineData("Zm9vZ")]
    [InlineData("Zg=")]
    [InlineData("Zg===")]
    [InlineData("Zm8==")]
    [InlineData("Zm9v=")]
    [InlineData("=")]
    [InlineData("Zg==Zg")]
    [InlineData("Zm+v")]
    [InlineData("Zm/v")]
    [InlineData("Zm\0v")]
    [InlineData("Zmév")]
    [InlineData("Zg==!")]
    public void What_Envoy_refuses_is_refused(string text) => Assert.Null(WebSafeBase64.TryDecode(text));

    [Fact]
    public void What_was_encoded_comes_back() =>
        Gen.Byte.Array[0, 100].Sample(bytes => WebSafeBase64.TryDecode(Base64Url.EncodeToString(bytes)).AsSpan().SequenceEqual(bytes));
}
