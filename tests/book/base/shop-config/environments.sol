environment integration {
  stage   = integration
  account = nonprod
  network = 10.10.0.0/16
  release = continuous
}

environment preproduction {
  stage   = preproduction
  account = nonprod
  network = 10.20.0.0/16
  release = manual { approvers = [releasers], from = integration }
}
