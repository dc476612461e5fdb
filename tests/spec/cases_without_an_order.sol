enum Colour { red, green }

solution shop {
  let first: Colour = red
  let warm = first < green // error: [unordered-enum] "Colour"
}
