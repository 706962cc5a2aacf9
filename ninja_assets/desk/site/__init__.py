"""The desk's own pages: the show seen and heard, and what can be done with it.

What a page shows is read from records, ledger and Dagster when it is asked for; what a page does is a Dagster run or a
row of the show's state, as a command of the shell does it. No page decides what is made, bought or current.
"""
