// file: environments.sol
environment integration {
  stage = "integration" // error: [type-mismatch] "Stage"
  account = nonprod
  network = 10.10.0.0/16
  release = continuous
}
