// file: solutions/one.sol
solution shop {}

// file: solutions/two.sol
solution shop {} // error: [duplicate-name] "shop"
