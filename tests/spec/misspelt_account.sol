// file: environments.sol
environment integration {
  stage = integration
  account = nonprd // error: [unknown-name] "nonprd"
  network = 10.10.0.0/16
  release = continuous
}
