product shop {
  domain = "shop.example"
  teams  = { developers = github("acme/shop-dev"), releasers = github("acme/shop-release") }
}
