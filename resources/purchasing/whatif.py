"""What an episode would cost with other models, by its measured voices where they are bought, else by its words."""

from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

from resources.content.segments import Script, Turn
from resources.content.show import ModeModels, Show
from resources.core.library import Library
from resources.core.names import CellKey, Mode
from resources.core.settings import Settings
from resources.core.values import VoiceTrack
from resources.models.casting import models_of
from resources.models.whatif import Row, TurnLength, what_if
from resources.purchasing.books import find_ledger, open_prices, paid_orders
from resources.purchasing.requests.segment_requests import CellOrders, spoken_seconds
from resources.purchasing.takes import Takes


class WhatIf(NamedTuple):
    """The combinations, and what they are reckoned from. `measured` are the segments whose voice is bought."""

    rows: tuple[Row, ...]
    turns: tuple[TurnLength, ...]
    measured: frozenset[str]
    listener: str  # the image-to-video endpoint
    speaker: str | None  # what the show uses now


def what_if_of(settings: Settings, show: Show, script: Script, mode: Mode | None = None) -> WhatIf:
    """Every speaker model under every listener plan, with the listener model of `mode`; without it, of the best mode.

    Nothing is sent or recorded, and no key is needed.
    """
    chosen = mode or next((known for known in (Mode.FINAL, Mode.DRAFT) if known in show.models), Mode.REHEARSAL)
    models = models_of(show, chosen)
    listener = models.listener if models else str(ModeModels.model_fields["listener"].default)
    tracks = _measured(settings.in_mode(chosen), show, script) if models and show.caps else {}
    turns = tuple(
        TurnLength(
            turn.segment,
            tracks.get(turn.segment) or spoken_seconds(show, turn),
            tuple((label, turn.mood) for label in turn.listeners),
        )
        for turn in script.turns
    )
    rows = what_if(turns, open_prices(settings), listener=listener)
    return WhatIf(rows, turns, frozenset(tracks), listener, models.speaker if models else None)


def obstacles(found: WhatIf) -> Sequence[str]:
    """What is in the way of some combination, each told once."""
    return tuple(dict.fromkeys(part for row in found.rows for part in row.note.split("; ") if part))


def _measured(settings: Settings, show: Show, script: Script) -> dict[str, float]:
    """The seconds of the voices that are bought, by segment."""
    ledger = find_ledger(settings, show)
    if ledger is None:
        return {}
    library = Library(settings.library)
    takes = Takes(library, settings.mode)
    with closing(ledger):
        orders = paid_orders(settings, show, library, ledger)

        def track(turn: Turn) -> VoiceTrack | None:
            if show.characters[turn.speaker].voice.elevenlabs is None:
                return None  # nothing to buy yet
            return CellOrders(
                show,
                script,
                turn,
                settings.mode,
                orders,
                lambda of, part: takes.current(CellKey(script.episode, of.segment), part, of.take),
            ).track()

        tracks = ((turn.segment, track(turn)) for turn in script.turns)
        return {segment: found.seconds for segment, found in tracks if found is not None}
