namespace MeshSim.ProxyRuntime.Admin.Tests;

public class ExplanationTextTests
{
    [Fact]
    public void A_request_that_is_forwarded()
    {
        Assert.Equal(
            """
            GET http://shop.test/cart/42?x=1
            from 203.0.113.1; random number 0; hosts are taken to answer 200

            LISTENER  'edge' on 0.0.0.0:10000, its only filter chain, connection manager 'ingress_http'

            REQUEST AS RECEIVED
              :method           GET
              :authority        shop.test
              :path             /cart/42?x=1
              x-user            ada
              x-envoy-retry-on  5xx

            CONNECTION MANAGER
              -  x-envoy-retry-on          5xx
              +  x-forwarded-for           203.0.113.1
              +  x-forwarded-proto         http
              +  :scheme                   http
              +  x-envoy-external-address  203.0.113.1

            ROUTE  'cart', number 3 of virtual host 'shop', table 'shop'
              domain    'shop.test' fits host 'shop.test'
              matches   path starts with '/cart'
              cluster   'cart-v1', weight 90 of 100; the others: 'cart-v2' 10
              no match  number 1 'health'  path equals '/healthz'
                        number 2 'canary'  header 'x-canary' equals '1'

            FILTERS
              plugin  lets everything pass (it only stands in for a filter that is not supported)
              router  forwards

            UPSTREAM  cluster 'cart-v1', STRICT_DNS, ROUND_ROBIN
              timeout      3 s for all attempts together
              per try      250 ms
              idle         5 min
              retries      at most 2, on 5xx, reset
              back-off     from 0 to below 25 ms, doubling up to 250 ms
              hash         d36c3934091206d0, of header 'x-user'
              mirrors      cluster 'shadow' (100 of 100), copied to 10.0.0.9:80 as shop.test-shadow
              rate limits  remote_address=203.0.113.1, user=ada  (route)
              attempt 1    cart.internal:8080, answers 200

            REQUEST AS SENT  to cart.internal:8080; + ~ - is what the router did
                 :method                         GET
                 :authority                      shop.test
              ~  :path                           /api/cart/42?x=1  (was /cart/42?x=1)
                 :scheme                         http
                 x-user                          ada
                 x-forwarded-for                 203.0.113.1
                 x-forwarded-proto               http
                 x-envoy-external-address        203.0.113.1
              +  x-envoy-original-path           /cart/42?x=1
              +  x-envoy-expected-rq-timeout-ms  250

            RESPONSE ON ITS WAY BACK
              upstream (assumed)
                :status         200
                content-length  0
              router
                +  x-envoy-upstream-service-time  0
                +  x-served-by                    cart-v1
              connection manager
                +  date    Tue, 14 Nov 2023 22:13:20 GMT
                +  server  envoy

            RESULT  200, no flags, via_upstream, after 0 ms

            """.ReplaceLineEndings("\n"),
            ExplanationText.Write(Explained.Of("GET http://shop.test/cart/42?x=1", "x-user: ada", "x-envoy-retry-on: 5xx"))
        );
    }

    [Fact]
    public void Retries_are_told_with_their_times()
    {
        var text = ExplanationText.Write(Explained.Of("POST http://shop.test/cart", request => request with { Status = 503, BodyBytes = 10, Random = 95 }));

        Assert.Contains("from 203.0.113.1, 10 bytes of body; random number 95; hosts are taken to answer 503\n", text, StringComparison.Ordinal);
        Assert.Contains("  hash         none, of header 'x-user'\n", text, StringComparison.Ordinal);
        Assert.Contains("  rate limits  no descriptor: one of its actions finds nothing  (route)\n", text, StringComparison.Ordinal);
        Assert.Contains("  attempt 1    10.0.0.2:80, answers 503\n  attempt 2    10.0.0.2:80 at ", text, StringComparison.Ordinal);
        Assert.Contains("RESULT  503, flags URX, via_upstream, after ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void No_domain()
    {
        var text = ExplanationText.Write(Explained.Of("GET http://shop.test:8080/cart"));

        Assert.Contains(
            """
            ROUTE  none: no domain of table 'shop' fits host 'shop.test:8080'
              hint     without its port it would fit 'shop.test'; ignore_port_in_host_matching is not set
              domains  'shop.test' (virtual host 'shop')
                       '*.shop.test' (virtual host 'shop')
                       'strict.test' (virtual host 'strict')

            FILTERS
              plugin  lets everything pass (it only stands in for a filter that is not supported)
              router  answers itself: 404, route_not_found, flag NR

            RESPONSE ON ITS WAY BACK
              router (its own answer)
                :status  404
              connection manager
            """.ReplaceLineEndings("\n"),
            text,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("GET http://shop.test/x", "ROUTE  none: no route of virtual host 'shop', table 'shop', matches\n")]
    [InlineData(
        "GET http://strict.test/x",
        "ROUTE  none is looked at: virtual host 'strict', table 'shop', requires TLS (ALL); redirected to https\n  domain  'strict.test' fits host 'strict.test'\n"
    )]
    [InlineData("GET https://strict.test/x", "ROUTE  without a name, number 1 of virtual host 'strict', table 'shop'\n")]
    [InlineData("GET http://a.shop.test/healthz", "  action   answers 200 itself (direct_response)\n")]
    [InlineData("GET http://a.shop.test/healthz", "RESULT  200, no flags, direct_response, after 0 ms\n  ok\n")]
    [InlineData("GET http://shop.test/a%00", "CONNECTION MANAGER  answers itself: 400, path_normalization_failed\n\nFILTERS  not reached\n")]
    [InlineData("GET http://shop.test/a%00", "after 0 ms; the connection closes\n")]
    public void Other_ends(string request, string expected) =>
        Assert.Contains(expected, ExplanationText.Write(Explained.Of(request)), StringComparison.Ordinal);

    [Fact]
    public void Of_many_routes_those_whose_path_fits_are_told()
    {
        var explanation = Explained.Of("GET http://shop.test/cart");
        var search = explanation.Lookups[0].Search;
        var many = search with { Misses = [.. Enumerable.Range(0, 30).Select(i => search.Misses[0] with { Place = i }), search.Misses[1] with { Place = 30 }] };
        var text = ExplanationText.Write(explanation with { Lookups = [explanation.Lookups[0] with { Search = many }] });

        Assert.Contains(
            "  no match  number 31 'canary'  header 'x-canary' equals '1'\n            30 more, most by their path (--json lists them)\n",
            text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_a_request_brings_does_not_steer_a_terminal()
    {
        var text = ExplanationText.Write(Explained.Of("GET http://shop.test/cart", "x-a: \u001b[31mred"));

        Assert.DoesNotContain('\u001b', text);
        Assert.Contains("x-a         \uFFFD[31mred\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(1, "0.000001 ms")]
    [InlineData(250_000_000, "250 ms")]
    [InlineData(2_500_000_000, "2.5 s")]
    [InlineData(90_000_000_000, "90 s")]
    [InlineData(300_000_000_000, "5 min")]
    [InlineData(3_600_000_000_000, "1 h")]
    [InlineData(5_400_000_000_000, "90 min")]
    public void Durations_are_told_in_the_unit_that_suits(long ns, string expected) => Assert.Equal(expected, Words.Duration(ns));
}
