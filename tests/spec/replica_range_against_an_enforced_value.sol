use std.compute.Service
use std.network.Network

solution shop {
  network: Network {}
  api: Service {
    network
    image = image("api")
    scale = 2..10 // error: [enforced-field] "scale" in integration
  }
}

// file: environments.sol
use std.compute.Service

environment integration {
  stage = integration
  account = nonprod
  network = 10.10.0.0/16
  release = continuous
  enforce Service { scale = 1..1 }
}
