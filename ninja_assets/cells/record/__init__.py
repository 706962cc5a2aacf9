"""What each cell delivered, as the show's state keeps it."""
