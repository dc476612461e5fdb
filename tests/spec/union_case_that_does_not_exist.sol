// file: environments.sol
environment integration {
  stage = integration
  account = nonprod
  network = 10.10.0.0/16
  release = automatic // error: [unknown-case] "automatic"
}
