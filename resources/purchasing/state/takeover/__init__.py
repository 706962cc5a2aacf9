"""What came before: state of earlier versions, found where it is and taken over, and rows whose show got another id.

`takeover` asks for all of it, once in a show's life: `old_ledger` for what was bought, `claims` for whose rows are.
"""
