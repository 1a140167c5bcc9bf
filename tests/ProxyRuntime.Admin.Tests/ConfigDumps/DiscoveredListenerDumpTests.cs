using MeshSim.ProxyRuntime.Config;

namespace MeshSim.ProxyRuntime.Admin.Tests;

public class DiscoveredListenerDumpTests
{
    private const string Bootstrap = """
        dynamic_resources: {lds_config: {path: /listeners}}
        static_resources:
          listeners: [{name: fixed, address: {socket_address: {address: 127.0.0.1, port_value: 7000}}, default_filter_chain: {}}]
        """;

    [Fact]
    public void Listeners_of_a_file_stand_with_their_version_and_every_state_they_have()
    {
        var proxy = new DumpedProxy(Bootstrap, new Files());
        Assert.Equal("{}\n", proxy.Text("resource=dynamic_listeners"));

        proxy.SetListeners(1, Response("v1", Listener("a", 7001), Listener("b", 7002)));
        proxy.SetListeners(2, Response("v2", Listener("a", 7003), Listener("b", 7002)));

        Assert.Equal(
            """
            {
             "configs": [
              {
               "@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump",
               "version_info": "v2",
               "static_listeners": [
                {
                 "listener": {
                  "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
                  "name": "fixed",
                  "address": {
                   "socket_address": {
                    "address": "127.0.0.1",
                    "port_value": 7000
                   }
                  },
                  "default_filter_chain": {}
                 },
                 "last_updated": "2030-01-02T03:04:05.678Z"
                }
               ],
               "dynamic_listeners": [
                {
                 "name": "a",
                 "active_state": {
                  "version_info": "v2",
                  "listener": {
                   "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
                   "name": "a",
                   "address": {
                    "socket_address": {
                     "address": "127.0.0.1",
                     "port_value": 7003
                    }
                   },
                   "default_filter_chain": {}
                  },
                  "last_updated": "2030-01-02T03:04:07.678Z"
                 },
                 "draining_state": {
                  "version_info": "v1",
                  "listener": {
                   "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
                   "name": "a",
                   "address": {
                    "socket_address": {
                     "address": "127.0.0.1",
                     "port_value": 7001
                    }
                   },
                   "default_filter_chain": {}
                  },
                  "last_updated": "2030-01-02T03:04:06.678Z"
                 }
                },
                {
                 "name": "b",
                 "active_state": {
                  "version_info": "v1",
                  "listener": {
                   "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
                   "name": "b",
                   "address": {
                    "socket_address": {
                     "address": "127.0.0.1",
                     "port_value": 7002
                    }
                   },
                   "default_filter_chain": {}
                  },
                  "last_updated": "2030-01-02T03:04:06.678Z"
                 }
                }
               ]
              }
             ]
            }

            """,
            proxy.Text("mask=version_info,static_listeners,dynamic_listeners")
        );
    }

    /// <summary>A file that changes nothing has no version of its own; a listener that goes is one that drains.</summary>
    [Fact]
    public void A_listener_that_is_gone_is_shown_while_it_drains()
    {
        var proxy = new DumpedProxy(Bootstrap, new Files());
        proxy.SetListeners(1, Response("v1", Listener("a", 7001)));
        proxy.SetListeners(2, Response("v2", Listener("a", 7001)));
        Assert.Contains("\"version_info\": \"v1\",\n   \"static_listeners\"", proxy.Text(), StringComparison.Ordinal);

        proxy.SetListeners(3, Response("v3"));

        var text = proxy.Text("resource=dynamic_listeners");
        Assert.Contains("\"draining_state\": {\n    \"version_info\": \"v1\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("active_state", text, StringComparison.Ordinal);
        Assert.Contains("\"version_info\": \"v3\",\n   \"static_listeners\"", proxy.Text(), StringComparison.Ordinal);
    }

    private static string Response(string version, params string[] listeners) => $"{{version_info: {version}, resources: [{string.Join(", ", listeners)}]}}";

    private static string Listener(string name, int port) =>
        $$$"""{"@type": type.googleapis.com/envoy.config.listener.v3.Listener, name: {{{name}}}, address: {socket_address: {address: 127.0.0.1, port_value: {{{port}}} } }, default_filter_chain: {}}""";

    private sealed class Files : ConfigEnvironment
    {
        public override byte[]? ReadFile(string path, long maxBytes, out string? error)
        {
            error = null;
            return [];
        }

        public override string? ReadVariable(string name, out string? error)
        {
            error = null;
            return "";
        }
    }
}
