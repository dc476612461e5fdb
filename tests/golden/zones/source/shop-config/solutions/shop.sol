use std.network.Network

solution shop {
  network: Network {}
}
