use std.compute.Service
use std.network.{Gateway, Network}

solution shop {
  network: Network {}
  entry: Gateway { network }
  web: Service {
    network
    image = image("web")
    route = entry.path("/*") // error: [broken-invariant] "port" in all
  }
}
