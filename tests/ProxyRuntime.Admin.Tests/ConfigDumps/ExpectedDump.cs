namespace MeshSim.ProxyRuntime.Admin.Tests;

internal static class ExpectedDump
{
    /// <summary>Of <see cref="DumpedProxy.Small"/>, with its endpoints: the first locality is its own.</summary>
    public const string Small = """
        {
         "configs": [
          {
           "@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump",
           "bootstrap": {
            "node": {
             "id": "n-1",
             "locality": {
              "zone": "b"
             },
             "user_agent_name": "meshsim",
             "user_agent_build_version": {
              "version": {
               "minor_number": 1
              }
             }
            },
            "static_resources": {
             "listeners": [
              {
               "name": "door",
               "address": {
                "socket_address": {
                 "address": "127.0.0.1",
                 "port_value": 7001
                }
               },
               "filter_chains": [
                {
                 "filters": [
                  {
                   "name": "hcm",
                   "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                    "stat_prefix": "in",
                    "route_config": {
                     "name": "table",
                     "virtual_hosts": [
                      {
                       "name": "all",
                       "domains": [
                        "*"
                       ],
                       "routes": [
                        {
                         "match": {
                          "prefix": ""
                         },
                         "route": {
                          "cluster": "shop"
                         }
                        }
                       ]
                      }
                     ]
                    },
                    "http_filters": [
                     {
                      "name": "router",
                      "typed_config": {
                       "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
                      }
                     }
                    ],
                    "request_timeout": "1.250s"
                   }
                  }
                 ]
                }
               ]
              }
             ],
             "clusters": [
              {
               "name": "shop",
               "type": "STATIC",
               "load_assignment": {
                "cluster_name": "shop",
                "endpoints": [
                 {
                  "locality": {
                   "zone": "a"
                  },
                  "lb_endpoints": [
                   {
                    "endpoint": {
                     "address": {
                      "socket_address": {
                       "address": "10.0.0.1",
                       "port_value": 80
                      }
                     }
                    },
                    "health_status": "DRAINING"
                   }
                  ],
                  "load_balancing_weight": 4
                 },
                 {
                  "locality": {
                   "zone": "b"
                  },
                  "lb_endpoints": [
                   {
                    "endpoint": {
                     "address": {
                      "socket_address": {
                       "address": "10.0.0.2",
                       "port_value": 80
                      }
                     },
                     "health_check_config": {
                      "port_value": 81,
                      "hostname": "check"
                     },
                     "hostname": "second"
                    },
                    "metadata": {
                     "filter_metadata": {
                      "envoy.lb": {
                       "stage": "new",
                       "n": "1.5",
                       "on": [
                        true,
                        null
                       ]
                      }
                     }
                    },
                    "load_balancing_weight": 3
                   }
                  ]
                 },
                 {
                  "lb_endpoints": [
                   {
                    "endpoint": {
                     "address": {
                      "socket_address": {
                       "address": "10.0.0.3",
                       "port_value": 80
                      }
                     }
                    },
                    "health_status": "DEGRADED"
                   }
                  ],
                  "priority": 1
                 }
                ],
                "policy": {
                 "drop_overloads": [
                  {
                   "category": "c",
                   "drop_percentage": {
                    "numerator": 5
                   }
                  }
                 ]
                }
               }
              }
             ]
            }
           },
           "last_updated": "2030-01-02T03:04:05.678Z"
          },
          {
           "@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump",
           "static_clusters": [
            {
             "cluster": {
              "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster",
              "name": "shop",
              "type": "STATIC",
              "load_assignment": {
               "cluster_name": "shop",
               "endpoints": [
                {
                 "locality": {
                  "zone": "a"
                 },
                 "lb_endpoints": [
                  {
                   "endpoint": {
                    "address": {
                     "socket_address": {
                      "address": "10.0.0.1",
                      "port_value": 80
                     }
                    }
                   },
                   "health_status": "DRAINING"
                  }
                 ],
                 "load_balancing_weight": 4
                },
                {
                 "locality": {
                  "zone": "b"
                 },
                 "lb_endpoints": [
                  {
                   "endpoint": {
                    "address": {
                     "socket_address": {
                      "address": "10.0.0.2",
                      "port_value": 80
                     }
                    },
                    "health_check_config": {
                     "port_value": 81,
                     "hostname": "check"
                    },
                    "hostname": "second"
                   },
                   "metadata": {
                    "filter_metadata": {
                     "envoy.lb": {
                      "stage": "new",
                      "n": "1.5",
                      "on": [
                       true,
                       null
                      ]
                     }
                    }
                   },
                   "load_balancing_weight": 3
                  }
                 ]
                },
                {
                 "lb_endpoints": [
                  {
                   "endpoint": {
                    "address": {
                     "socket_address": {
                      "address": "10.0.0.3",
                      "port_value": 80
                     }
                    }
                   },
                   "health_status": "DEGRADED"
                  }
                 ],
                 "priority": 1
                }
               ],
               "policy": {
                "drop_overloads": [
                 {
                  "category": "c",
                  "drop_percentage": {
                   "numerator": 5
                  }
                 }
                ]
               }
              }
             },
             "last_updated": "2030-01-02T03:04:05.678Z"
            }
           ]
          },
          {
           "@type": "type.googleapis.com/envoy.admin.v3.EndpointsConfigDump",
           "static_endpoint_configs": [
            {
             "endpoint_config": {
              "@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
              "cluster_name": "shop",
              "endpoints": [
               {
                "locality": {
                 "zone": "b"
                },
                "lb_endpoints": [
                 {
                  "endpoint": {
                   "address": {
                    "socket_address": {
                     "address": "10.0.0.2",
                     "port_value": 80
                    }
                   },
                   "health_check_config": {
                    "port_value": 81,
                    "hostname": "check"
                   },
                   "hostname": "second"
                  },
                  "health_status": "HEALTHY",
                  "metadata": {
                   "filter_metadata": {
                    "envoy.lb": {
                     "n": "1.5",
                     "on": [
                      true,
                      null
                     ],
                     "stage": "new"
                    }
                   }
                  },
                  "load_balancing_weight": 3
                 }
                ],
                "load_balancing_weight": 0
               },
               {
                "locality": {
                 "zone": "a"
                },
                "lb_endpoints": [
                 {
                  "endpoint": {
                   "address": {
                    "socket_address": {
                     "address": "10.0.0.1",
                     "port_value": 80
                    }
                   },
                   "health_check_config": {}
                  },
                  "health_status": "UNHEALTHY",
                  "load_balancing_weight": 1
                 }
                ],
                "load_balancing_weight": 4
               },
               {
                "locality": {},
                "lb_endpoints": [
                 {
                  "endpoint": {
                   "address": {
                    "socket_address": {
                     "address": "10.0.0.3",
                     "port_value": 80
                    }
                   },
                   "health_check_config": {}
                  },
                  "health_status": "DEGRADED",
                  "load_balancing_weight": 1
                 }
                ],
                "load_balancing_weight": 0,
                "priority": 1
               }
              ],
              "policy": {
               "drop_overloads": [
                {
                 "drop_percentage": {
                  "numerator": 50000,
                  "denominator": "MILLION"
                 }
                }
               ],
               "overprovisioning_factor": 140
              }
             }
            }
           ]
          },
          {
           "@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump",
           "static_listeners": [
            {
             "listener": {
              "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
              "name": "door",
              "address": {
               "socket_address": {
                "address": "127.0.0.1",
                "port_value": 7001
               }
              },
              "filter_chains": [
               {
                "filters": [
                 {
                  "name": "hcm",
                  "typed_config": {
                   "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                   "stat_prefix": "in",
                   "route_config": {
                    "name": "table",
                    "virtual_hosts": [
                     {
                      "name": "all",
                      "domains": [
                       "*"
                      ],
                      "routes": [
                       {
                        "match": {
                         "prefix": ""
                        },
                        "route": {
                         "cluster": "shop"
                        }
                       }
                      ]
                     }
                    ]
                   },
                   "http_filters": [
                    {
                     "name": "router",
                     "typed_config": {
                      "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
                     }
                    }
                   ],
                   "request_timeout": "1.250s"
                  }
                 }
                ]
               }
              ]
             },
             "last_updated": "2030-01-02T03:04:05.678Z"
            }
           ]
          },
          {
           "@type": "type.googleapis.com/envoy.admin.v3.ScopedRoutesConfigDump"
          },
          {
           "@type": "type.googleapis.com/envoy.admin.v3.RoutesConfigDump",
           "static_route_configs": [
            {
             "route_config": {
              "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
              "name": "table",
              "virtual_hosts": [
               {
                "name": "all",
                "domains": [
                 "*"
                ],
                "routes": [
                 {
                  "match": {
                   "prefix": ""
                  },
                  "route": {
                   "cluster": "shop"
                  }
                 }
                ]
               }
              ]
             },
             "last_updated": "2030-01-02T03:04:05.678Z"
            }
           ]
          },
          {
           "@type": "type.googleapis.com/envoy.admin.v3.SecretsConfigDump"
          }
         ]
        }

        """;
}
