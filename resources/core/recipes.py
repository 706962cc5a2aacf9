"""The kinds of recipes: what is made once and found again in the library by what it was made from.

A kind is part of the key of everything that people have: a name that changes makes all of it anew and, where a file is
part of what was bought, buys it anew. So a name stays as it is, and a new kind gets a new name.
"""

from enum import StrEnum


class Recipe(StrEnum):
    """What is made once. Never rename a value."""

    # Part of what is bought: another one is another purchase
    UPLOAD_COPY = "upload-copy"
    SILENT_TONE = "silent-tone"
    VOICE_TRACK = "voice-track"
    VOICE_PIECES = "voice-pieces"
    PORTRAIT = "portrait"
    OPAQUE = "opaque"
    FRAME = "frame"
    RETAKES = "retakes"

    # Made from what is bought
    PING_PONG = "ping-pong"
    JOINED_PIECES = "joined-pieces"
    ENTERED = "entered"
    COMPOSITE = "composite"
    FULL_FRAME = "full-frame"
    CUT = "cut"
    PERFORMANCE = "performance"

    # Drawn and spoken offline
    OFFLINE_VOICE = "offline-voice"
    SPEAKER = "speaker"
    LISTENER = "listener"
    SHEET = "sheet"
    STAND_IN = "stand-in"

    # Pictures for people
    POSTER = "poster"
    STORYBOARD = "storyboard"
    WAVEFORM = "waveform"

    # What a provider said
    PRICE_LOOKED_AT = "price-looked-at"

    # What was measured
    WATCHED_SPEAKER = "watched-speaker"
    WATCHED_LISTENER = "watched-listener"
    CHECKED_COMPOSITE = "checked-composite"
    CHECKED_CUT = "checked-cut"
    LIKENESS = "likeness"
