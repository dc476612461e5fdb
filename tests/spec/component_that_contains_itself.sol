component Nest {
  inner: Nest {} // error: [recursive-component] "Nest"
}

solution shop {
  nest: Nest {}
}
