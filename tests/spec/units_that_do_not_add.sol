solution shop {
  let nonsense = 30s + 512MiB // error: [type-mismatch]
}
