use std.data.Postgres
use std.network.Network

solution shop {
  network: Network {}
  db: Postgres {
    network
    size = larg // error: [unknown-case] "larg"
  }
}
