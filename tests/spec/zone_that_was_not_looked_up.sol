use std.network.{Gateway, Network}

solution shop {
  network: Network {}
  entry: Gateway { network, domain = "other.example" }
  //^ error: [missing-fact] "other.example" in all
}
