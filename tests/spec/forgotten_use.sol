solution shop {
  orders: Queue {} // error: [unknown-component] "Queue"
}
