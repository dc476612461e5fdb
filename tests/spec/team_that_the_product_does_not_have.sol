// file: environments.sol
environment integration {
  stage = integration
  account = nonprod
  network = 10.10.0.0/16
  release = manual { approvers = [release_team] } // error: [unknown-name] "release_team"
}
