use std.compute.{Function, Service, Task}

// What the shop is meant to be. `solc test` asks it.

/// Whatever customers see goes on when a zone is lost.
test "customers are served whichever zone is lost" for preproduction, production {
  assert survives_zone_loss(shop)
  assert count(resources(AWS.EC2.NatGateway)) == count(env.account.zones)
}

test "a single zone is enough to try things out" for integration {
  assert count(resources(AWS.EC2.NatGateway)) == 1
  assert not survives_zone_loss(shop.db)
}

test "orders come in through the gateway, and nowhere else" {
  assert reachable(internet, shop.api)
  assert reachable(internet, shop.web)
  for hidden in [shop.packer, shop.db] { assert not reachable(internet, hidden) }
  assert access(shop.web, shop.api) == [call]
}

test "the database is for who sells and who reports" {
  assert access(shop.api, shop.db) == [connect]
  assert access(shop.report, shop.db) == [connect]
  assert access(shop.web, shop.db) == []
  assert not reachable(shop.web, shop.db)
}

test "receipts are written by who bills, and read by who reports" {
  assert access(shop.biller, shop.receipts) == [write]
  assert access(shop.report, shop.receipts) == [read]
  for other in [shop.web, shop.api, shop.packer] { assert access(other, shop.receipts) == [] }
}

test "what runs has a log that ends" {
  for log in resources(AWS.Logs.LogGroup) { assert log.properties.RetentionInDays != none }
  assert count(components(Service)) == 3
  assert count(components(Function)) >= 1 and count(components(Task)) == 1
}
