// file: environments.sol
environment integration {
  stage = integration
  account = nonprod
  network = 10.10.0.0/16
  release = continuous
}

environment preproduction {
  stage = preproduction
  account = nonprod
  network = 10.10.128.0/17 // error: [cidr-overlap]
  release = manual { approvers = [releasers], from = integration }
}
