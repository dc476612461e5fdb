component Store {
  param name: String?
  attribute label: String = name // error: [optional-value]
}

solution shop {
  store: Store {}
}
