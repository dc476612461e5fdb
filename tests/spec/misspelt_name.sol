solution shop {
  let size = 512MiB
  let twice = sise + size // error: [unknown-name] "sise"
}
