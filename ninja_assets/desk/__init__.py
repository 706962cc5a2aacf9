"""The server beside the graph: one address with Dagster's pages and our own, guarded, and the command that keeps it up.

What a page shows comes from the show's records and the ledger; what a page does is a Dagster run or a row of the
ledger. Nothing here decides what is made or bought.
"""
