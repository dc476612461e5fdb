// file: environments.sol
environment production {
  stage = production
  account = prod
  network = 10.30.0.0/16
  availability = single_az // error: [single-az-above-integration] in production
  release = manual { approvers = [releasers] }
}
