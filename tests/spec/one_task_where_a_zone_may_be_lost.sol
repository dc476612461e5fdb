use std.compute.Service
use std.network.Network

solution shop {
  network: Network {}
  api: Service {
    network
    image = image("api")
    scale = 1..3
    //^ error: [broken-invariant] "zone" in preproduction, production
  }
}
