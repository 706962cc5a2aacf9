"""The ledger's values, and the tables of its database: what is stored, and in which transaction."""
