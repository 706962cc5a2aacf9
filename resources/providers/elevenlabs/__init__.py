"""ElevenLabs: real voices, each line bought once.

`api` speaks to the SDK, `answers` holds what it answers to what is used of it, `voice_studio` walks a purchase through
the ledger, `line_history` finds a line whose answer was lost, `statement` lists what the account was charged. No rule
about money is here that the ledger does not know, and no classification of a failure that is not in
`resources.failures`.
"""
