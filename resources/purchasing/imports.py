"""A file that a person already paid for takes the place of the purchase that the next run would make.

It is checked like a delivery, stored in the library and recorded as collected: it is found again and never bought.
"""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from resources.core.errors import ContentError, MediaError
from resources.core.library import Library
from resources.core.names import LISTENER_CLIPS, SHOTS, SPEAKER_CLIPS, TTS_AUDIO, CellKey
from resources.core.settings import Settings
from resources.core.values import VoiceTrack
from resources.media.audio.voice_track import RATE, heard
from resources.media.delivered_file import checked, checked_picture
from resources.media.probe import samples
from resources.models.loading import load_script, load_show
from resources.purchasing.books import open_ledger, paid_orders
from resources.purchasing.ledger import Entry, Purchase
from resources.purchasing.requests.job import Job
from resources.purchasing.requests.segment_requests import CellOrders, ShotOrders, cell_orders
from resources.purchasing.takes import Takes

ASSETS = (SPEAKER_CLIPS, LISTENER_CLIPS, TTS_AUDIO, SHOTS)


@dataclass(frozen=True)
class Bought:
    """A file that was paid for elsewhere. `cost_usd` None: by the price list."""

    path: Path
    cost_usd: float | None = None
    request_id: str | None = None


@dataclass(frozen=True)
class _Checked:
    purchase: Purchase
    seconds: float | None
    facts: dict[str, JsonValue]
    suffix: str | None = None


def import_file(
    settings: Settings, episode: str, segment: str, asset: str, bought: Bought, *, listener: str | None = None
) -> Entry:
    """Import a file for one cell; returns its ledger entry. `listener` names who listens, where several do.

    Raises ContentError for a cell or an asset that cannot have it, MediaError for a damaged file or one of another
    length than its order, LedgerError when the ledger has another file for the same purchase.
    """
    show = load_show(settings.show)
    script = load_script(settings.show, show, episode)
    content = script.segment(segment)
    if not settings.mode.paid:
        raise ContentError("a rehearsal buys nothing, so nothing can be imported", mend="add --mode draft or final")
    if content is None:
        raise ContentError(f"{episode} has no segment {segment}", mend=f"it has s01 to {script.segments[-1].segment}")
    if not bought.path.is_file():
        raise ContentError("there is no such file", where=str(bought.path))
    library = Library(settings.library)
    takes = Takes(library, settings.mode)
    with closing(open_ledger(settings, show)) as ledger:
        orders = cell_orders(
            show=show,
            script=script,
            content=content,
            mode=settings.mode,
            orders=paid_orders(settings, show, library, ledger),
            take=lambda of, part: takes.current(CellKey(episode, of.segment), part, of.take),
        )
        found = _checked(orders, asset, bought.path, listener)
        return ledger.import_clip(
            found.purchase,
            library.put(bought.path, found.suffix),
            cost_usd=bought.cost_usd,
            seconds=found.seconds,
            request_id=bought.request_id,
            facts=found.facts,
        )


def _checked(orders: CellOrders | ShotOrders, asset: str, path: Path, listener: str | None) -> _Checked:
    if asset not in ASSETS:
        raise ContentError(f"{asset!r} cannot be imported", where="--asset", mend=f"use one of {', '.join(ASSETS)}")
    if isinstance(orders, ShotOrders) and asset == SHOTS:
        return _shot(orders, path)
    if isinstance(orders, ShotOrders) or asset == SHOTS:
        content = orders.content
        raise ContentError(
            f"{content.segment} has no {asset}: it is {content.label}",
            where="--asset",
            mend=f"use {SHOTS}" if isinstance(orders, ShotOrders) else f"use {SPEAKER_CLIPS}",
        )
    return {SPEAKER_CLIPS: _speaker, LISTENER_CLIPS: _listener, TTS_AUDIO: _voice}[asset](orders, path, listener)


def _shot(orders: ShotOrders, path: Path) -> _Checked:
    found = orders.job()
    if found is None:
        raise ContentError(
            f"{orders.placed.segment} is made from what is not there yet: its purchase is not known",
            mend=f"buy or import that first: ninja produce {orders.script.episode} --mode {orders.mode}",
        )
    if found.job.seconds is not None:
        return _clip(found.job, path)
    picture = checked_picture(path)
    return _Checked(found.job.purchase, None, picture.model_dump(), picture.suffix)


def _voice(orders: CellOrders, path: Path, _: str | None) -> _Checked:
    sound = samples(path, RATE)
    seconds = len(sound) / RATE
    if not heard(sound).any():
        raise MediaError(f"a recording of {seconds:.2f} s in which nothing is heard", where=str(path))
    return _Checked(orders.orders.voice(orders.voice()), seconds, {})


def _speaker(orders: CellOrders, path: Path, _: str | None) -> _Checked:
    speech = orders.speaker(_track(orders))
    if len(speech.jobs) > 1:
        raise ContentError(
            f"{orders.turn.segment} is too long for its model and {speech.note}: no one clip stands for it",
            mend="choose the model that made the clip ({model: …} in the script), if that one takes it whole",
        )
    return _clip(speech.jobs[0], path)


def _listener(orders: CellOrders, path: Path, listener: str | None) -> _Checked:
    labels = orders.turn.listeners
    label = listener or (labels[0] if len(labels) == 1 else None)
    if label not in labels:
        raise ContentError(
            f"which listener is it? {orders.turn.segment} has {', '.join(labels) or 'none'}",
            where="--listener",
            mend=f"add --listener {labels[0]}" if labels else "import it for a segment with a listener",
        )
    return _clip(orders.listener(label, _track(orders).seconds).job, path)


def _track(orders: CellOrders) -> VoiceTrack:
    track = orders.track()
    if track is None:
        raise ContentError(
            f"{orders.turn.segment} has no voice yet: its length and its purchase are not known",
            mend="import the voice first (--asset tts_audio), or buy it: "
            f"ninja produce {orders.script.episode} --mode {orders.mode}",
        )
    return track


def _clip(job: Job, path: Path) -> _Checked:
    facts = checked(path, seconds=job.seconds or 0.0)
    return _Checked(job.purchase, facts.seconds, facts.model_dump(exclude={"seconds"}))
