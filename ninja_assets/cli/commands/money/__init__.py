"""Commands about what it costs, would cost and has cost. None buys anything."""
