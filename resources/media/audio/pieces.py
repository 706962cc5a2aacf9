"""A long turn in pieces: its voice cut between sentences, and their clips joined to one that is as long as the voice.

No sound of the cut comes from here: the finished track plays over the joined picture as it is. A piece is longer than
its part of the voice by the silence in which lips close, and over just that silence one clip fades into the next. All
clips begin with the character's picture, so the poses that meet are near each other.
"""

import math
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from resources.content.lines.speech import ends_sentence
from resources.core.library import Library, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Media, Value, Word
from resources.media import ffmpeg
from resources.media.audio.voice_track import WINDOW, Samples, faded, upload_copy, wav_bytes
from resources.media.probe import samples, video_facts
from resources.media.timebase import RATE

SEAM_SECONDS: Final = 0.25  # of silence after a piece, and of the fade: lips need it to close

# A change of any of these changes every piece, and with it what a paid clip was bought for.
_VERSION: Final = 1
_EARLY: Final = 0.1  # seconds by which a word's end may be told too late
_SPARE: Final = 0.1  # seconds by which an MP3 may be longer than its track, and more

_JOIN_VERSION: Final = 1
_CRF: Final = "14"  # the composite encodes it once more: this one must not be seen


class Piece(Value):
    """A part of a turn's voice. `start` and `end` in seconds of the track; `audio`: an MP3 of it and of silence."""

    audio: Media
    start: float
    end: float
    last_words: str  # after which it was cut; "" for the last piece


class _Pieces(Value):
    """The pieces of a track, as a recipe of the library remembers them."""

    pieces: tuple[Piece, ...]


class _UndividedError(Exception):
    """No sentence of a turn ends early enough. Not remembered: a better search may find one."""


def cut_voice(library: Library, track: Media, words: Sequence[Word], *, least: float, most: float) -> tuple[Piece, ...]:
    """The track in as few pieces of at most `most` seconds as its sentences allow, of lengths as even as can be.

    Each but the last ends with `SEAM_SECONDS` of silence; one shorter than `least` is filled up with silence. Empty
    where no sentence ends early enough.
    """
    ends = [
        (index, word.end, following.start)
        for index, (word, following) in enumerate(pairwise(words))
        if ends_sentence(word.text, following.text)
    ]
    spans = [list(end) for end in ends]
    key = recipe_key(Recipe.VOICE_PIECES, version=_VERSION, audio=track.sha256, ends=spans, least=least, most=most)

    def cut() -> _Pieces:
        sound = samples(library.path(track), RATE)
        cuts = [_quietest(sound, end, start) for _, end, start in ends]
        chosen = divide([cut / RATE for cut in cuts], len(sound) / RATE, most - SEAM_SECONDS - _SPARE)
        if chosen is None:
            raise _UndividedError
        endings = [" ".join(word.text for word in words[max(0, ends[at][0] - 3) : ends[at][0] + 1]) for at in chosen]
        return _cut(library, sound, [cuts[at] for at in chosen], endings, least)

    try:
        return library.memo(key, _Pieces, cut).value.pieces
    except _UndividedError:
        return ()


def divide(ends: Sequence[float], total: float, most: float) -> tuple[int, ...] | None:
    """At which of the `ends` (seconds, ascending) to cut `total` seconds into the fewest parts of at most `most`.

    Of several ways the one whose longest part is shortest. None where there is none. Returns indices of `ends`.
    """
    points = (0.0, *ends, total)
    best: dict[int, tuple[int, float, tuple[int, ...]]] = {0: (0, 0.0, ())}  # by point: parts, the longest, the way
    for here in range(1, len(points)):
        ways = [
            (parts + 1, max(longest, points[here] - points[before]), (*way, here))
            for before, (parts, longest, way) in best.items()
            if points[here] - points[before] <= most
        ]
        if ways:
            best[here] = min(ways)
    reached = best.get(len(points) - 1)
    return None if reached is None else tuple(here - 1 for here in reached[2][:-1])


def pieces_of(sentences: Sequence[float], total: float, most: float) -> int:
    """In how many pieces a turn of `total` seconds would be made, by about how long its sentences last; 0: in none.

    What is not spoken, at the ends of the turn, lengthens its last sentence.
    """
    ends = np.cumsum(sentences).tolist()[:-1]
    cuts = divide(ends, total, most - SEAM_SECONDS - _SPARE)
    return 0 if cuts is None else len(cuts) + 1


def sentence_seconds(words: Sequence[Word], total: float) -> list[float]:
    """How long the sentences of a turn of `total` seconds last, each with the pause after it."""
    ends = [
        (word.end + following.start) / 2
        for word, following in pairwise(words)
        if ends_sentence(word.text, following.text)
    ]
    return [end - start for start, end in pairwise([0.0, *ends, total])]


def join_clips(library: Library, clips: Sequence[Media], starts: Sequence[float], seconds: float) -> Media:
    """The clips of consecutive pieces as one silent clip of `seconds`; piece i begins at `starts[i]`. MediaError.

    Size and rate are the first clip's. A clip that ends too early holds its last frame.
    """
    key = recipe_key(
        Recipe.JOINED_PIECES,
        version=_JOIN_VERSION,
        clips=[clip.sha256 for clip in clips],
        starts=list(starts),
        seconds=seconds,
    )
    return library.memo(key, Media, lambda: _joined(library, clips, starts, seconds)).value


def _cut(library: Library, sound: Samples, cuts: Sequence[int], endings: Sequence[str], least: float) -> _Pieces:
    seam, shortest = round(SEAM_SECONDS * RATE), math.ceil(least * RATE)
    pieces = []
    for (start, end), last_words in zip(pairwise([0, *cuts, len(sound)]), [*endings, ""], strict=True):
        part = faded(sound[start:end])
        silence = max(0 if end == len(sound) else seam, shortest - len(part))
        audio = upload_copy(library, library.put_bytes(wav_bytes(np.pad(part, (0, silence))), ".wav"))
        pieces.append(Piece(audio=audio, start=start / RATE, end=end / RATE, last_words=last_words))
    return _Pieces(pieces=tuple(pieces))


def _quietest(sound: Samples, end: float, start: float) -> int:
    """The sample at which the quietest stretch as long as a fade begins, between a word's end and the next's start."""
    power = np.square(np.pad(sound, (0, -len(sound) % WINDOW)).reshape(-1, WINDOW).astype(np.float64)).mean(axis=1)
    length = round(SEAM_SECONDS * RATE) // WINDOW
    first = max(0, int((end - _EARLY) * RATE) // WINDOW)
    after = max(first + 1, int(start * RATE) // WINDOW)
    levels = np.array([power[at : at + length].mean() for at in range(first, after)])
    quiet = np.flatnonzero(levels <= levels.min() * 1.01)
    return int(first + quiet[len(quiet) // 2]) * WINDOW


def _joined(library: Library, clips: Sequence[Media], starts: Sequence[float], seconds: float) -> Media:
    paths = [library.path(clip) for clip in clips]
    facts = video_facts(paths[0])
    rate = Fraction(facts.fps).limit_denominator(1001)
    form = (
        f"fps={rate},scale={facts.width}:{facts.height},setsar=1,format=yuv420p,settb=1/{rate.numerator * 100},"
        f"setpts=PTS-STARTPTS,tpad=stop_mode=clone:stop_duration={seconds}"
    )
    graph = [f"[{index}:v]{form}[c{index}]" for index in range(len(paths))]
    shown = "c0"
    for index, start in list(enumerate(starts))[1:]:
        graph.append(f"[{shown}][c{index}]xfade=transition=fade:duration={SEAM_SECONDS}:offset={start:.6f}[x{index}]")
        shown = f"x{index}"
    inputs = [argument for path in paths for argument in ("-i", str(path))]
    frames = math.ceil(seconds * rate - Fraction(1, 1000))
    coding = ["-c:v", "libx264", "-preset", "veryfast", "-crf", _CRF, "-pix_fmt", "yuv420p", "-frames:v", str(frames)]
    tail = ["-an", "-map_metadata", "-1", "-movflags", "+faststart"]
    with tempfile.TemporaryDirectory(prefix="ninja-pieces-") as folder:
        target = Path(folder) / "joined.mp4"
        ffmpeg.run([*inputs, "-filter_complex", ";".join(graph), "-map", f"[{shown}]", *coding, *tail, str(target)])
        return library.put(target)
