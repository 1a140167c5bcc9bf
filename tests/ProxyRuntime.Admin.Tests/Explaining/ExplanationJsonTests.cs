using System.Text.Json;

namespace MeshSim.ProxyRuntime.Admin.Tests;

public class ExplanationJsonTests
{
    [Fact]
    public void A_request_that_is_forwarded()
    {
        using var document = JsonDocument.Parse(ExplanationJson.Write(Explained.Of("GET http://shop.test/cart/42", "x-user: ada")));
        var root = document.RootElement;

        Assert.Equal("http://shop.test/cart/42", root.GetProperty("request").GetProperty("url").GetString());
        Assert.Equal("edge", root.GetProperty("listener").GetProperty("name").GetString());
        var route = root.GetProperty("routes")[0];
        Assert.Equal(
            ("FOUND", "shop", "cart", 2),
            (
                route.GetProperty("result").GetString(),
                route.GetProperty("virtual_host").GetString(),
                route.GetProperty("route").GetString(),
                route.GetProperty("place").GetInt32()
            )
        );
        var miss = route.GetProperty("misses")[1];
        Assert.Equal(
            ("canary", "headers[0]", true),
            (miss.GetProperty("route").GetString(), miss.GetProperty("field").GetString(), miss.GetProperty("path_fits").GetBoolean())
        );
        Assert.Equal(["CONTINUES", "FORWARDS"], root.GetProperty("filters").EnumerateArray().Select(static step => step.GetProperty("outcome").GetString()!));
        var upstream = root.GetProperty("upstream");
        Assert.Equal(("cart-v1", 3_000_000_000L), (upstream.GetProperty("cluster").GetString(), upstream.GetProperty("timeout_ns").GetInt64()));
        Assert.Equal("5xx,reset", upstream.GetProperty("retries").GetProperty("retry_on").GetString());
        Assert.Equal("cart.internal:8080", root.GetProperty("attempts")[0].GetProperty("host").GetString());
        Assert.True(root.GetProperty("own_requests")[0].GetProperty("mirror").GetBoolean());
        Assert.Equal("connection manager", root.GetProperty("response")[2].GetProperty("by").GetString());
        Assert.Equal(
            (200, "cart"),
            (root.GetProperty("result").GetProperty("status").GetInt32(), root.GetProperty("result").GetProperty("route_name").GetString())
        );
        Assert.False(root.TryGetProperty("own_answer", out _));
    }

    [Fact]
    public void A_request_that_the_proxy_answers()
    {
        using var document = JsonDocument.Parse(ExplanationJson.Write(Explained.Of("GET http://nowhere.test/")));
        var root = document.RootElement;

        Assert.Equal("NO_VIRTUAL_HOST", root.GetProperty("routes")[0].GetProperty("result").GetString());
        Assert.Equal(
            ("router", "NR"),
            (root.GetProperty("own_answer").GetProperty("by").GetString(), root.GetProperty("own_answer").GetProperty("flag").GetString())
        );
        Assert.False(root.TryGetProperty("upstream", out _));
    }
}
