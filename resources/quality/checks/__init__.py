"""Measuring what was made: pure functions over files, typed findings. Nothing here makes, buys or stops anything."""
