use componets.carts.Carts // error: [unknown-module] "componets.carts"

solution shop {}

// file: components/carts.sol
component Carts {}
