"""ElevenLabs: real voices, each line bought once.

`client` speaks to the SDK, `gate` keeps to the plan's number of requests at once, `alignment` turns characters on the
model's clock into words on the sound's own, `voice` walks a purchase through the ledger. No rule about money is here
that the ledger does not know, and no classification of a failure that is not in `resources.failures`.
"""
