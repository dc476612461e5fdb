// file: environments.sol
environment integration { // error: [missing-field] "network"
  stage = integration
  account = nonprod
  release = continuous
}
