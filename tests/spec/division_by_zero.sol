solution shop {
  let none_left = env.account.zones.count - env.account.zones.count
  output share: String = "${10 / none_left}" // error: [division-by-zero] in all
}
