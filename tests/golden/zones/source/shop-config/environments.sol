environment integration {
  stage = integration
  account = nonprod
  network = 10.10.0.0/16
  release = continuous
}

environment production {
  stage = production
  account = prod
  network = 10.30.0.0/16
  release = continuous
}
