solution shop {
  let days = match env.stage { // error: [not-exhaustive] "preproduction"
    integration => 1
    test => 2
    production => 35
  }
}
