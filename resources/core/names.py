"""Every name and path of the show, from (episode, mode, segment). No other module builds one.

An episode's name arrives from a free text field and becomes a folder, so it is checked here before it is used.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from resources.core.errors import ContentError

EPISODE_PATTERN = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
SEGMENT_PATTERN = re.compile(r"s(\d{2,3})")
# A character's label: capitals of any alphabet, with their accents.
LABEL = r"\p{Lu}[\p{Lu}\p{M}0-9_-]*"
SHOW_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
DEFAULT_SHOW = "default"  # the id of a show that gives itself none
SHOW_FILE = "show.yaml"
MAX_SLOTS = 200  # the design's upper limit for a long-form show

# The assets of an episode, in the order in which they are made.
SCRIPT = "script"
TTS_AUDIO = "tts_audio"
UPLOADED_URLS = "uploaded_urls"
SPEAKER_CLIPS = "speaker_clips"
LISTENER_CLIPS = "listener_clips"
SHOTS = "shots"
COMPOSITES = "composites"
FINAL_VIDEO = "final_video"
EPISODE_ASSETS = (SCRIPT, TTS_AUDIO, UPLOADED_URLS, SPEAKER_CLIPS, LISTENER_CLIPS, SHOTS, COMPOSITES, FINAL_VIDEO)
BOUGHT = frozenset({TTS_AUDIO, SPEAKER_CLIPS, LISTENER_CLIPS, SHOTS})  # in paid modes

# What a person opens in an episode's folder, as it is called in the episode's first format: see `in_format`.
FINAL_FILE = "final.mp4"
STORYBOARD_FILE = "storyboard.webp"
REVIEW_FILE = "review.html"
PUBLISH_FOLDER = "publish"
CUT_FILES = (FINAL_FILE, "final.srt", "final.vtt", STORYBOARD_FILE, REVIEW_FILE, PUBLISH_FOLDER)  # all of a cut's own
SEGMENT_FILE = "segment.mp4"
POSTER_FILE = "poster.webp"


class Mode(StrEnum):
    """What an episode is made with: offline puppets, a cheap check, or the published thing."""

    REHEARSAL = "rehearsal"
    DRAFT = "draft"
    FINAL = "final"

    @property
    def paid(self) -> bool:
        """Whether this mode calls providers that cost money."""
        return self is not Mode.REHEARSAL


class CellKey(NamedTuple):
    """One turn of one episode."""

    episode: str
    segment: str

    def __str__(self) -> str:
        return f"{self.episode}|{self.segment}"


def is_label(text: str) -> bool:
    """Whether `text` can be a character's label: up to 24 capitals, digits, '_' and '-', a capital first."""
    import regex  # noqa: PLC0415  (who reads no show does not wait for it)

    return len(text) <= 24 and regex.fullmatch(LABEL, text) is not None


def label_key(written: str) -> str:
    """A label as it is compared: accents are one letter with their own, however they were typed."""
    return unicodedata.normalize("NFC", written)


def is_episode(name: str) -> bool:
    """Whether `name` can be an episode's: a plain folder name."""
    return EPISODE_PATTERN.fullmatch(name) is not None and not name.endswith(".")


def check_episode(name: str) -> str:
    """Return `name` if it can be an episode; raise ContentError for anything that could not be a plain folder name."""
    if is_episode(name):
        return name
    shown = name if len(name) <= 40 else name[:40] + "…"
    raise ContentError(
        f"{shown!r} cannot be an episode's name",
        why="a name is 1 to 63 of a-z, 0-9, '.', '_' and '-', starts with a letter or digit and does not end in '.'",
        hint="name it like 2026-11-20 or patch-2.1",
        code="argument-unknown",
    )


def segment_key(number: int) -> str:
    """The partition key of turn `number` (from 1): `s01`, `s10`, `s100`."""
    return f"s{number:02d}"


def segment_number(key: str, *, where: str | None = None) -> int:
    """The turn number of a segment key; raises ContentError, naming `where` it stands, for anything else."""
    match = SEGMENT_PATTERN.fullmatch(key)
    if match and int(match[1]) >= 1 and segment_key(int(match[1])) == key:
        return int(match[1])
    raise ContentError(
        f"{key!r} is not a segment",
        where=where,
        why="segments are named s01, s02, …",
        hint="use for example s03",
        code="argument-unknown",
    )


def in_order(segments: Iterable[str]) -> list[str]:
    """Segments by their numbers, each once: as texts, s100 would come before s11."""
    return sorted(set(segments), key=segment_number)


def span(segments: Sequence[str]) -> str:
    """Segments in few words: up to three by name, more as a range with their number."""
    unique = in_order(segments)
    return ", ".join(unique) if len(unique) <= 3 else f"{unique[0]} … {unique[-1]} ({len(unique)})"


def episode_file(show: Path, episode: str) -> Path:
    """Where the script of an episode lives."""
    return show / "episodes" / f"{check_episode(episode)}.md"


def episode_folder(output: Path, episode: str, mode: Mode) -> Path:
    """The folder that a person opens for one episode in one mode."""
    return output / check_episode(episode) / mode.value


def segment_folder(output: Path, episode: str, mode: Mode, segment: str) -> Path:
    """The folder of one segment within the episode's folder."""
    return episode_folder(output, episode, mode) / segment_key(segment_number(segment))


def voice_file(suffix: str) -> str:
    """The name of a segment's voice track in its folder."""
    return f"voice{suffix}"


def listener_file(label: str) -> str:
    """The name of a listener's clip in its segment's folder."""
    return f"listener-{label.lower()}.mp4"


def in_format(name: str, shape: str, first: str) -> str:
    """The name of an episode's file or folder in one of its formats: plain in the first, else `final-long.mp4`."""
    stem, dot, suffix = name.partition(".")
    return name if shape == first else f"{stem}-{shape}{dot}{suffix}"
