fn down(n: Int) -> Int = if n == 0 then 0 else down(n - 1) // error: [recursive-function] "down"

solution shop {
  let zero = down(3)
}
