/// Every change that passes the checks arrives here by itself.
environment integration {
  stage   = integration            // below preproduction: one zone is enough, and one NAT gateway
  account = nonprod
  network = 10.10.0.0/16
  release = continuous
}

/// The last rehearsal: like production in everything but size.
environment preproduction {
  stage   = preproduction          // availability is multi_az from here up, without saying so
  account = nonprod
  network = 10.20.0.0/16
  release = manual { approvers = [releasers], from = integration }
}
