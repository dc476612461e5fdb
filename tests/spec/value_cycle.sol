component Link {
  param next: String
  attribute name: String = "${next}!"
}

solution shop {
  one: Link { next = two.name } // error: [value-cycle] in all
  two: Link { next = one.name }
}
