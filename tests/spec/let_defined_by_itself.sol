solution shop {
  let a = b + 1
  let b = a + 1 // error: [cyclic-let]
}
