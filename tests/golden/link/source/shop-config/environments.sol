environment integration {
  stage = integration
  account = nonprod
  network = 10.10.0.0/16
  release = continuous
}
