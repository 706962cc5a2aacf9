"""Who speaks lines and makes clips: `protocols`, and the rooms that fill them: fal.ai, ElevenLabs, this machine.

What a purchase is made of is decided in `purchasing.requests`; a provider's room sends it, once, and fetches what came.
"""
