"""How a turn is shot: when it is heard, how each face goes on from the turn before, and how it is dressed."""
