by_file           = 0
by_automatic_file = { days = 1 }
