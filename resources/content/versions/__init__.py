"""Which files an episode is made from: a show fetched from its address, and its files kept as one version."""
