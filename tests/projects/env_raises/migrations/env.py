raise RuntimeError("the settings of the restaurant are missing")
