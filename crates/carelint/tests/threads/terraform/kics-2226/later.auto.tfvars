by_automatic_file = {
  days = "30"
}
