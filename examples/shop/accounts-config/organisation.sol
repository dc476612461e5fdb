/// The organisation that owns the accounts.
organisation acme {
  id = "o-a1b2c3d4e5"
}
