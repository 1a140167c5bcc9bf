using System.Net;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class CidrRangeTests
{
    [Theory]
    [InlineData("10.0.0.0", 8, "10.255.255.255", true)]
    [InlineData("10.0.0.0", 8, "11.0.0.0", false)]
    [InlineData("172.16.0.0", 12, "172.31.255.255", true)]
    [InlineData("172.16.0.0", 12, "172.32.0.0", false)]
    [InlineData("172.16.0.0", 12, "173.16.0.0", false)]
    [InlineData("192.0.2.64", 27, "192.0.2.95", true)]
    [InlineData("192.0.2.64", 27, "192.0.2.96", false)]
    [InlineData("192.0.2.7", 32, "192.0.2.7", true)]
    [InlineData("192.0.2.7", 32, "192.0.2.6", false)]
    [InlineData("192.0.2.7", 31, "192.0.2.6", true)]
    [InlineData("192.0.2.7", 0, "203.0.113.1", true)]
    [InlineData("128.0.0.0", 1, "127.255.255.255", false)]
    [InlineData("2001:db8::", 33, "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::", 33, "2001:db8:8000::1", false)]
    [InlineData("::", 0, "192.0.2.7", false)]
    [InlineData("0.0.0.0", 0, "::1", false)]
    public void The_leading_bits_of_an_address_of_the_same_family_count(string prefix, int bits, string address, bool contained) =>
        Assert.Equal(contained, new CidrRange(IPAddress.Parse(prefix), bits).Contains(new NetworkAddress(address, 80)));

    [Theory]
    [InlineData("10.0.0.0", 8, "10.0.0.0/8")]
    [InlineData("10.0.0.1", 99, "10.0.0.1/32")]
    [InlineData("2001:db8::", 999, "2001:db8::/128")]
    public void It_is_told_with_no_more_bits_than_there_are(string prefix, int bits, string text)
    {
        var range = new CidrRange(IPAddress.Parse(prefix), bits);

        Assert.Equal((text, text), (range.Text, $"{range}"));
    }
}
