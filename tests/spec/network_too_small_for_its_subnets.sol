use std.network.Network

solution shop {
  network: Network { cidr = 10.0.0.0/24 } // error: [broken-invariant] "/24" in all
}
