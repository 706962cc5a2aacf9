"""What the desk does: each act is a run, or a row of the show's state, and a command of the shell does the same.

The guard has refused whatever is not a POST of JSON by a page of ours before anything here is reached.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from ninja_assets.cells.records import Records
from ninja_assets.cut.choosing import choose_take
from ninja_assets.cut.noting import note_at
from ninja_assets.desk.site.launches import LaunchOrder, launch
from ninja_assets.desk.site.opened import Desk
from ninja_assets.desk.site.prices import agree
from ninja_assets.partitions import EPISODE, segments_of
from resources.core.errors import ContentError
from resources.core.names import Mode, check_episode
from resources.core.settings import parse_mode
from resources.core.values import Part
from resources.models.loading import load_script
from resources.purchasing.books import open_state
from resources.purchasing.state.notes import Notes


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RetakeAsked(_Asked):
    """Make a part of a segment anew, for at most `usd`."""

    segment: str
    part: Part
    usd: float = Field(ge=0)


class MakeAsked(_Asked):
    """Make what is missing, for at most `usd`."""

    usd: float = Field(ge=0)


class TakeAsked(_Asked):
    """Use an earlier take of a segment."""

    segment: str
    number: int


class NoteAsked(_Asked):
    """Leave a note at a time of the cut."""

    seconds: float
    text: str


class SettleAsked(_Asked):
    """Say that a note has been seen to, or has not."""

    done: bool


async def retake(request: Request, desk: Desk) -> dict[str, Any]:
    """Launch a run that makes a part of a segment anew."""
    episode, mode = _whose(request)
    asked = RetakeAsked.model_validate_json(await request.body())
    await run_in_threadpool(_allowed, desk, episode, mode)
    await run_in_threadpool(agree, desk, episode, mode, asked.segment, asked.part, asked.usd)
    order = LaunchOrder(episode, mode, (asked.segment,), retake=(asked.segment,), retake_of=(asked.part.value,))
    run = await launch(request, order)
    return {"told": f"The {asked.part} of {asked.segment} is made anew.", "run": run}


async def make(request: Request, desk: Desk) -> dict[str, Any]:
    """Launch a run over the whole episode: what exists is reused."""
    episode, mode = _whose(request)
    asked = MakeAsked.model_validate_json(await request.body())
    slots = await run_in_threadpool(_allowed, desk, episode, mode)
    await run_in_threadpool(agree, desk, episode, mode, None, None, asked.usd)
    run = await launch(request, LaunchOrder(episode, mode, tuple(segments_of(slots))))
    return {"told": "What is missing is made.", "run": run}


async def take(request: Request, desk: Desk) -> dict[str, Any]:
    """Make an earlier take of a segment the current one, and launch the run that joins it. It costs nothing."""
    episode, mode = _whose(request)
    asked = TakeAsked.model_validate_json(await request.body())
    await run_in_threadpool(_allowed, desk, episode, mode)
    await run_in_threadpool(choose_take, desk.settings.in_mode(mode), episode, asked.segment, asked.number)
    run = await launch(request, LaunchOrder(episode, mode, (asked.segment,)))
    return {"told": f"{asked.segment} uses the earlier take; nothing is bought.", "run": run}


async def note(request: Request, desk: Desk) -> dict[str, Any]:
    """Leave a note."""
    episode, mode = _whose(request)
    asked = NoteAsked.model_validate_json(await request.body())
    number = await run_in_threadpool(_write_note, desk, episode, mode, asked)
    return {"told": "", "note": number}


async def settle(request: Request, desk: Desk) -> dict[str, Any]:
    """Say that a note has been seen to, or has not."""
    asked, number = SettleAsked.model_validate_json(await request.body()), int(request.path_params["note"])
    await run_in_threadpool(_settle_note, desk, number, asked.done)
    return {"told": ""}


def _whose(request: Request) -> tuple[str, Mode]:
    episode = check_episode(request.path_params["episode"])
    return episode, parse_mode(request.path_params["mode"], where="the address")


def _allowed(desk: Desk, episode: str, mode: Mode) -> int:
    """Raise ContentError for what no click may launch; register the episode. Returns the show's slots."""
    show = desk.show()
    if mode.paid and not show.ui.paid:
        raise ContentError(
            "this show buys nothing from the pages",
            where="show.yaml, ui.paid",
            mend=f"ninja produce {episode} -m {mode}",
        )
    load_script(desk.settings.show, show, episode)
    desk.instance.add_dynamic_partitions(EPISODE, [episode])
    return show.slots


def _write_note(desk: Desk, episode: str, mode: Mode, asked: NoteAsked) -> int:
    show = desk.show()
    with open_state(desk.settings, show) as state:
        records = Records(state, desk.settings.output, mode)
        return note_at(Notes(state), records, episode, asked.seconds, asked.text).id


def _settle_note(desk: Desk, number: int, done: bool) -> None:
    with open_state(desk.settings, desk.show()) as state:
        Notes(state).settle(number, done=done)
