"""What Dagster shows of each asset: description, kinds, group, owners, and what it is made from. Data only."""

from collections.abc import Sequence

import dagster as dg

from resources.core.names import (
    COMPOSITES,
    FINAL_VIDEO,
    LISTENER_CLIPS,
    SCRIPT,
    SHOTS,
    SPEAKER_CLIPS,
    TTS_AUDIO,
    UPLOADED_URLS,
)

# One group: the graph page shows several closed, as boxes without their assets.
GROUP = "show"

# name: (made from, kinds, description)
_ASSETS: dict[str, tuple[tuple[str, ...], frozenset[str], str]] = {
    SCRIPT: (
        (),
        frozenset({"markdown", "yaml"}),
        "The episode file, read and checked: who says what in each segment. The only judge of which segments exist: "
        "a slot that the script does not use materializes as `in_script: false` all the way down.",
    ),
    TTS_AUDIO: (
        (SCRIPT,),
        frozenset({"elevenlabs", "audio"}),
        "The segment's voice track: spoken, trimmed to the show's pauses, even in loudness, with the time of every "
        "word. Offline speech in rehearsal, ElevenLabs else. The length of all that follows is exact from here on.",
    ),
    UPLOADED_URLS: (
        (TTS_AUDIO,),
        frozenset({"falai", "http"}),
        "Where the clip studio reads the voice, the characters' pictures and the files that shots refer to. Addresses "
        "expire and are renewed; what was bought is known by content, never by address.",
    ),
    SPEAKER_CLIPS: (
        (UPLOADED_URLS,),
        frozenset({"falai", "video"}),
        "The speaker, lips moving to the voice track: a puppet in rehearsal, Kling Avatar v2 else. The most expensive "
        "asset: bought once, found again by content.",
    ),
    LISTENER_CLIPS: (
        (UPLOADED_URLS,),
        frozenset({"falai", "video"}),
        "Those who listen, mouth shut, in a loop without a seam. Loops are made once for a character and a mood and "
        "shared by all segments and episodes.",
    ),
    SHOTS: (
        (UPLOADED_URLS,),
        frozenset({"falai", "video"}),
        "What stands beside the dialogue: b-roll, transitions, motion control, edits, scenes from references, "
        "pictures. A shot may be made from another, or from a speaker's clip; why which model makes it is told.",
    ),
    COMPOSITES: (
        (SPEAKER_CLIPS, LISTENER_CLIPS, SHOTS),
        frozenset({"ffmpeg", "video"}),
        "The segment as it is seen: faces in their layout, border, name tags, captions, the voice track; or a shot in "
        "the whole picture. Each frame of the episode is encoded here, and only here.",
    ),
    FINAL_VIDEO: (
        (COMPOSITES,),
        frozenset({"ffmpeg", "video"}),
        "All segments of the script joined without a second encode, sound mastered. The cell says where its segment "
        "stands in the cut. Fails, naming them, when a segment is missing or out of date.",
    ),
}


def spec(name: str, owners: Sequence[str]) -> dg.AssetSpec:
    """The spec of one of the episode's assets."""
    made_from, kinds, description = _ASSETS[name]
    return dg.AssetSpec(
        name, deps=list(made_from), group_name=GROUP, kinds=set(kinds), description=description, owners=list(owners)
    )
