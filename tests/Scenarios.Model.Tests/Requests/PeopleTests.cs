using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model.Tests;

/// <summary>People that are made up before a run, and what they ask for.</summary>
public class PeopleTests
{
    private const string Scenario = """
        name: people
        duration: 10s
        proxies:
          - name: gateway
            config_inline: '{static_resources: {listeners: [{name: main, address: {socket_address: {address: 0.0.0.0, port_value: 80}}, filter_chains: [{filters: [{name: hcm, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, stat_prefix: in, http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}], route_config: {virtual_hosts: []}}}]}]}]}}'
        services: [{name: svc, service_time: 1ms}]
        load:
          - to: gateway
            rate: 1/s
            LOAD
        """;

    private const string Shop = """
        people: {count: 20, s: 1, requests: 3}
            headers: {x-user: "{{internet.userName}}", cookie: "session={{randomizer.hash(16)}}"}
            host: "{{internet.domainName}}"
            requests:
              - {path: "/p/{{commerce.product}} {{randomizer.number(1,99)}}?q=a b"}
              - {method: POST, path: /order, body: '{"name": "{{name.fullName}}"}', headers: {x-kind: order}}
        """;

    /// <summary>Headers and host belong to a person, whatever is asked for; path and body to one request of theirs.</summary>
    [Fact]
    public void People_have_their_own_headers_and_ask_for_different_things()
    {
        var (browse, order) = (Heads(Shop, seed: 1, kind: 0), Heads(Shop, seed: 1, kind: 1));
        var keys = Enumerable.Range(0, 60).ToArray();

        Assert.Equal(20, keys.Select(key => Read(browse.Head(key), "cookie")).Distinct().Count());
        Assert.All(
            keys,
            key =>
            {
                Assert.Equal(Read(browse.Head(key - (key % 3)), "cookie"), Read(browse.Head(key), "cookie"));
                Assert.Equal(Read(browse.Head(key), "x-user"), Read(order.Head(key), "x-user"));
                Assert.Equal(Read(browse.Head(key), ":authority"), Read(order.Head(key), ":authority"));
                Assert.Matches("^/p/[A-Za-z%20]+[0-9]+\\?q=a%20b$", Read(browse.Head(key), ":path"));
                Assert.Matches("^[a-z0-9.-]+$", Read(browse.Head(key), ":authority"));
                Assert.Equal("order", Read(order.Head(key), "x-kind"));
                Assert.Matches("^\\{\"name\": \"[^\"{]+\"}$", Encoding.UTF8.GetString(order.Body(key)));
                Assert.Equal(order.Body(key).Length, order.ContentLength(key));
                Assert.Equal($"{order.Body(key).Length}", Read(order.Head(key), "content-length"));
            }
        );
        Assert.True(keys.Select(key => Read(browse.Head(key), ":path")).Distinct().Count() > 50);
    }

    [Fact]
    public void The_same_seed_makes_the_same_people_in_whatever_order_they_come()
    {
        var (forwards, backwards, others) = (Heads(Shop, 7, 0), Heads(Shop, 7, 0), Heads(Shop, 8, 0));
        var keys = Enumerable.Range(0, 60).ToArray();
        var expected = keys.Select(key => forwards.Head(key).ToString()).ToArray();

        Assert.Equal(expected.Reverse(), keys.Reverse().Select(key => backwards.Head(key).ToString()));
        Assert.DoesNotContain(others.Head(0).ToString(), expected);
    }

    [Fact]
    public void Names_of_other_countries_come_as_UTF8()
    {
        var heads = Heads("people: {count: 200, locale: ru}\n    headers: {x-name: \"{{name.lastName}}\"}", 1, 0);

        var name = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(Read(heads.Head(0), "x-name")));
        Assert.Matches("^\\p{IsCyrillic}+$", name);
    }

    /// <summary>Weights 1, 1/2 … of 20 people, three requests of each as often as the others: within 99.9 % intervals.</summary>
    [Fact]
    public void Some_come_more_often_than_others()
    {
        const int draws = 60_000;
        var draw = new RequestDraw(Read(Shop), new RandomSource(3));
        var counts = new int[60];
        for (var i = 0; i < draws; i++)
        {
            counts[draw.Next(null).Key]++;
        }

        var all = Enumerable.Range(1, 20).Sum(static k => 1.0 / k);
        for (var key = 0; key < 60; key++)
        {
            var share = 1.0 / (1 + (key / 3)) / all / 3;
            var half = 3.29 * Math.Sqrt(draws * share * (1 - share));
            Assert.InRange(counts[key], (draws * share) - half, (draws * share) + half);
        }
    }

    [Theory]
    [InlineData(
        "people: {count: 2}\n    path: \"/{{internet.usrName}}\"",
        "s.yaml:11:11: load[0].path: Bogus has no 'internet.usrname'; did you mean 'internet.username'?"
    )]
    [InlineData("people: {count: 2}\n    headers: {x-a: \"{{date.past}}\"}", "depends on the day of the run")]
    [InlineData("people: {count: 2}\n    path: \"/{{internet.userName\"", "'{{' has no '}}' behind it")]
    [InlineData("people: {count: 2}\n    path: \"/{{randomizer.number(a,b)}}\"", "Bogus does not accept it")]
    [InlineData("path: \"/{{internet.userName}}\"", "give people: {count: 100}")]
    [InlineData("requests: [{path: \"/{{internet.userName}}\"}]", "give people: {count: 100}")]
    [InlineData("people: {count: 2, locale: dee}", "'dee' is not accepted; did you mean 'de'?")]
    [InlineData("people: {count: 1000, requests: 101}", "more than 100000 requests")]
    [InlineData("people: {count: 2}\n    zipf: {header: x, keys: 3}", "give one of both")]
    [InlineData("body: x\n    body_bytes: 3", "give one of both")]
    public void What_cannot_be_is_told(string load, string problem) =>
        Assert.Contains(problem, Assert.Single(Load(load).Problems).ToString(), StringComparison.Ordinal);

    private static RequestHeads Heads(string load, ulong seed, int kind)
    {
        var template = Load(load).Scenario!.Templates.ElementAt(kind);
        return template.Heads(template.Synthetic(new RandomSource(seed)));
    }

    private static string Read(HeaderMap head, string name) => Encoding.Latin1.GetString(head[head.IndexOf(Encoding.Latin1.GetBytes(name))].Value);

    private static LoadModel Read(string load)
    {
        var loaded = Load(load);
        Assert.Empty(loaded.Problems);
        return loaded.Scenario!.Load[0];
    }

    private static ScenarioResult Load(string load) => ScenarioLoader.Load(Scenario.Replace("LOAD", load, StringComparison.Ordinal), "s.yaml", _ => null);
}
