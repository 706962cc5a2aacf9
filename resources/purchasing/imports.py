"""A file that a person already paid for takes the place of the purchase that the next run would make.

It is checked like a delivery, stored in the library and recorded as collected: it is found again and never bought.
"""

import math
import wave
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from resources.core.errors import ContentError, MediaError
from resources.core.files import read_regular
from resources.core.library import Library
from resources.core.names import LISTENER_CLIPS, SHOTS, SPEAKER_CLIPS, TTS_AUDIO
from resources.core.settings import Settings
from resources.media.audio.voice_track import heard
from resources.media.delivered_file import checked, checked_picture
from resources.media.probe import samples
from resources.media.timebase import RATE
from resources.models.loading import load_script, load_show
from resources.purchasing.books import open_context, open_ledger
from resources.purchasing.ledger import Entry
from resources.purchasing.requests.request import Request, joined_at
from resources.purchasing.requests.segment_kinds import requests_of
from resources.purchasing.requests.segment_requests import SegmentRequests

_HEAD: Final = 16  # bytes
_LISTS: Final = (b"ffconcat", b"#EXTM3U")  # what ffmpeg would follow: the library would have a list, and no sound
_LOOSE_SECONDS: Final = 0.1
_LEFT_OPEN: Final = 0x7FF00000  # bytes, from which on a size is what a program writes that cannot go back to its header
ASSETS = (SPEAKER_CLIPS, LISTENER_CLIPS, TTS_AUDIO, SHOTS)


@dataclass(frozen=True)
class Bought:
    """A file that was paid for elsewhere. `cost_usd` None: by the price list."""

    path: Path
    cost_usd: float | None = None
    request_id: str | None = None


@dataclass(frozen=True)
class _Facts:
    """What was measured of a file. `suffix`, where its content and not its name tells it."""

    seconds: float | None
    facts: dict[str, JsonValue]
    suffix: str | None = None


def import_file(
    settings: Settings, episode: str, segment: str, asset: str, bought: Bought, *, listener: str | None = None
) -> Entry:
    """Import a file for one cell; returns its ledger entry. `listener` names who listens, where several do.

    Raises ContentError for a cell or an asset that cannot have it, MediaError for a damaged file or one of another
    length than its request, LedgerError when the ledger has another file for the same purchase.
    """
    show = load_show(settings.show)
    script = load_script(settings.show, show, episode)
    content = script.segment(segment)
    if not settings.mode.paid:
        raise ContentError("a rehearsal buys nothing, so nothing can be imported", hint="add --mode draft or final")
    if content is None:
        raise ContentError(f"{episode} has no segment {segment}", hint=f"it has s01 to {script.segments[-1].segment}")
    if bought.cost_usd is not None and not 0 <= bought.cost_usd < math.inf:  # no cap is broken by a sum of `nan`
        raise ContentError(f"{bought.cost_usd} is no price", where="--cost", hint="name US dollars: --cost 0.35")
    if not bought.path.is_file():
        raise ContentError("there is no such file", where=str(bought.path))
    library = Library.of(settings)
    with closing(open_ledger(settings, show)) as ledger:
        context = open_context(settings, show, script, library, ledger)
        request = _request(requests_of(context, content), asset, listener)
        found = _measured(request, bought.path)
        return ledger.import_clip(
            request.purchase,
            library.put(bought.path, found.suffix),
            cost_usd=bought.cost_usd,
            seconds=found.seconds,
            request_id=bought.request_id,
            facts=found.facts,
        )


def _request(segment: SegmentRequests, asset: str, listener: str | None) -> Request:
    """The one request of a segment that a file stands for. Raises ContentError where there is none, or not one."""
    key = segment.segment.segment
    if asset not in ASSETS:
        raise ContentError(f"{asset!r} cannot be imported", where="--asset", hint=f"use one of {', '.join(ASSETS)}")
    if asset not in segment.assets:
        raise ContentError(
            f"{key} has no {asset}: it is {segment.segment.label}",
            where="--asset",
            hint=f"use {segment.segment.picture_asset}",
        )
    requests = segment.requests(asset)
    if requests is None:
        raise segment.waits()
    labels = list(dict.fromkeys(request.label for request in requests))
    if listener not in (None, *labels) or (len(labels) != 1 and listener is None):
        raise ContentError(
            f"which listener is it? {key} has {', '.join(labels) or 'none'}",
            where="--listener",
            hint=f"add --listener {labels[0]}" if labels else "import it for a segment with a listener",
        )
    chosen = [request for request in requests if listener in (None, request.label)]
    if len(chosen) > 1:
        raise ContentError(
            f"{key} is too long for its model and {joined_at(requests)}: no one clip stands for it",
            hint="choose the model that made the clip ({model: …} in the script), if that one takes it whole",
        )
    return chosen[0]


def _measured(request: Request, path: Path) -> _Facts:
    """What a file is, checked like a delivery of the request. Raises MediaError."""
    if read_regular(path, _HEAD).startswith(_LISTS):
        raise MediaError("the file names other files, and holds none", where=str(path), hint="import what it names")
    if request.purchase.asset == TTS_AUDIO:
        sound = samples(path, RATE)
        seconds = len(sound) / RATE
        if (announced := _announced(path)) > seconds + _LOOSE_SECONDS:
            why = f"its header says {announced:.2f} s, and {seconds:.2f} s are there"
            raise MediaError("a recording is cut short", where=str(path), why=why)
        if not heard(sound).any():
            raise MediaError(f"a recording of {seconds:.2f} s in which nothing is heard", where=str(path))
        return _Facts(seconds, {})
    if request.seconds is None:
        picture = checked_picture(path)
        return _Facts(None, picture.model_dump(), picture.suffix)
    clip = checked(path, seconds=request.seconds)
    return _Facts(clip.seconds, clip.model_dump(exclude={"seconds"}))


def _announced(path: Path) -> float:
    """How long a WAV says that it is, in seconds; 0 for other files, and where its writer left that open."""
    try:
        with wave.open(str(path)) as file:
            size, rate = file.getnframes() * file.getnchannels() * file.getsampwidth(), file.getframerate()
            return file.getnframes() / rate if size < _LEFT_OPEN else 0.0
    except (wave.Error, EOFError, OSError, ZeroDivisionError):
        return 0.0
