/// Everything outside. `internet` is its one instance.
///
/// ```sol
/// use std.compute.Service
/// use std.network.Network
///
/// solution shop {
///   network: Network {}
///   api: Service {
///     network
///     image = image("shop-api")
///     link internet.https(to: "api.stripe.com")
///   }
/// }
/// ```
component Internet {
  layer foundation

  /// Call a host on the internet over HTTPS. Groups cannot filter by name: the name is for the readers of `solc access`.
  grant https(to: HostName) {
    connect tcp 443 to 0.0.0.0/0
  }
}
