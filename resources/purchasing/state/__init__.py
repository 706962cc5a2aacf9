"""A show's own state beside its purchases: which takes are current, what each cell delivered, and where it all lies.

Tables of the ledger's database, per show: a database may hold many. Purchases are `ledger`'s, media the library's; what
a record or a take means is known to whoever writes it. `takeover` brings in what earlier versions kept elsewhere.
"""
