"""What changes a row of the ledger: its steps, money set aside for it, who works on it. Each in a transaction."""
