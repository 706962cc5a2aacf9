"""What was spent, read from the ledger, and held against what a provider says. Nothing here buys."""
