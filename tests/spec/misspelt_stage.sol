// file: environments.sol
environment integration {
  stage = intgration // error: [unknown-case] "intgration"
  account = nonprod
  network = 10.10.0.0/16
  release = continuous
}
