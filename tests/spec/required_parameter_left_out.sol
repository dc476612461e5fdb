use std.network.Gateway

solution shop {
  entry: Gateway {} // error: [missing-field] "network" in all
}
