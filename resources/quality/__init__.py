"""Judging: `lint` before money, `checks` after. Nothing here makes, buys or stops anything."""
