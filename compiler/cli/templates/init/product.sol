/// What this product is for.
product {product} {
  domain = "{domain}.example"
  teams  = { developers = github("acme/{domain}-dev"), releasers = github("acme/{domain}-release") }
}
