"""ElevenLabs: speech through the real SDK, with the ledger under each purchase."""
