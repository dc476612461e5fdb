environment production {
  stage   = production
  account = prod
  network = 10.30.0.0/16
  release = manual { approvers = [releasers], from = preproduction }
}
