solution shop {
  let same = production == integration // error: [ambiguous-comparison]
}
