"""The ledger of paid requests: every clip is bought once. No provider is called from here."""
