"""The many databases of an environment: which of them, in what order, how many at once."""
