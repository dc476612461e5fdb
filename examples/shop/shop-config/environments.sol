/// Every change that passes the checks arrives here by itself.
environment integration {
  // Below preproduction one zone is enough, and one NAT gateway.
  stage   = integration
  account = nonprod
  network = 10.10.0.0/16
  release = continuous
}

/// The last rehearsal: like production in everything but size.
environment preproduction {
  // Availability is multi_az from here up, without saying so.
  stage   = preproduction
  account = nonprod
  network = 10.20.0.0/16
  release = manual { approvers = [releasers], from = integration }
}
