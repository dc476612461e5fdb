use components.carts.Carts
use std.compute.{Function, Service, Task}
use std.data.{Bucket, Postgres}
use std.messaging.{Queue, Topic}
use std.network.{Gateway, Network}

/// Shows what there is to buy, takes orders, bills them, and keeps the receipts.
///
/// No permission, port or address is written here: each `link` makes them, for this pair and no other.
solution shop {
  // An order that waits longer than that is worth waking somebody for.
  default Queue { alarm_after = 10min }

  // Foundation: one network and one way in. How many zones they use is the environment's
  // business. `{ network }` is short for `{ network = network }`.
  network: Network {}
  entry:   Gateway { network }

  // Data.
  db: Postgres {
    network
    version = "18"
    size    = if env.stage >= preproduction then large else small
    storage = 50GiB
  }
  carts:    Carts  {}
  media:    Bucket {}
  receipts: Bucket { keep_versions = 365d }

  // An order is told once, and heard by all whom it concerns.
  placed: Topic {}
  orders: Queue {
    subscription = placed.subscribe()
    retention    = 4d
    // Then it waits among the dead letters, and an alarm goes off.
    dead_letter_after = 5
  }
  // Parcels are packed in the order in which they were paid.
  parcels: Queue { fifo = true }
  notices: Topic { subscribers = ["back-office@acme.example"] }

  /// The pages.
  web: Service {
    network
    image  = image("shop-web")
    port   = 8080
    health = "/healthz"
    route  = entry.path("/*")
    scale  = if env.availability == multi_az then 3..9 else 1..2

    setting CACHE_SECONDS: Int where 0..86400 = 300
    secret SESSION_KEY

    link api.call
    link media.read(under: "public/")
  }

  /// What the pages call.
  api: Service {
    network
    image  = image("shop-api")
    port   = 8080
    health = "/healthz"
    // The longer path wins over `/*`.
    route = entry.path("/api/*")
    scale = if env.availability == multi_az then 3..12 else 1..3
    // More than the product's default.
    memory = 1GiB

    // A setting has a type; its value stands in settings/<environment>/shop/api.toml.
    setting LOG_LEVEL: "debug" | "info" | "warn" = "info"
    setting PAYMENTS: "test" | "live"
    // A secret has a name; credentials/<environment>/shop/api.toml says where it is kept.
    secret STRIPE_KEY

    link db.connect
    link carts.read
    link carts.write
    link media.write(under: "uploads/")
    link placed.publish
    link internet.https(to: "api.stripe.com")
  }

  /// Bills each order, and asks for a parcel.
  biller: Function {
    image   = image("shop-biller", format: zip)
    runtime = "python3.13"
    handler = "biller.handle"
    memory  = 512MiB
    // The queue hides a message for longer than that, or it is an error.
    timeout = 30s
    trigger = orders.consume(batch: 10)

    setting INVOICE_PREFIX: String where /^[A-Z]{2,5}$/
    secret STRIPE_KEY

    link receipts.write(under: "invoices/")
    link parcels.send
  }

  /// Packs parcels, one after the other.
  packer: Service {
    network
    image = image("shop-packer")

    link parcels.consume
    link notices.publish
  }

  /// Tells the back office every night what was sold.
  report: Task {
    network
    image    = image("shop-report")
    schedule = at { cron = "0 3 * * ? *", timezone = "Australia/Sydney" }

    link db.connect
    link receipts.read(under: "invoices/")
    link notices.publish
  }

  /// Where the shop is found.
  output address: String = "https://${env.domain}"
}
