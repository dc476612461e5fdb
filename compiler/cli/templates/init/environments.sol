/// Every change that passes the checks arrives here by itself.
environment integration {
  stage   = integration
  account = nonprod
  network = 10.10.0.0/16
  release = continuous
}

/// The last rehearsal: from here up, everything survives the loss of a zone.
environment preproduction {
  stage   = preproduction
  account = nonprod
  network = 10.20.0.0/16
  release = manual { approvers = [releasers], from = integration }
}
