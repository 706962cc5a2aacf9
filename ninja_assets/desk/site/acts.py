"""What the desk does: each act is a run, or a row of the show's state, and a command of the shell does the same.

The guard has refused whatever is not a POST of JSON by a page of ours before anything here is reached.
"""

import os
from collections.abc import Collection
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from ninja_assets.archiving import archive as put_away
from ninja_assets.cells.links import DESK, media_file
from ninja_assets.cells.record.cell_values import Cuts
from ninja_assets.cells.record.records import Records
from ninja_assets.cut.choosing import choose_take
from ninja_assets.cut.noting import note_at
from ninja_assets.desk.site.click_prices import agreed_price
from ninja_assets.desk.site.compared_models import agreed_match, agreed_voice, check_not_compared_now
from ninja_assets.desk.site.dagster_runs import check_not_made_now, live_runs, of_episode
from ninja_assets.desk.site.episode import check_shown
from ninja_assets.desk.site.graphql_launches import launch, loaded_code
from ninja_assets.desk.site.opened import Desk
from ninja_assets.partitions import EPISODE, segments_of
from ninja_assets.reports.matches import FOR_ALL
from ninja_assets.runs.approving import Approved, Declined, agree
from ninja_assets.runs.approving import approve as say_yes
from ninja_assets.runs.approving import decline as say_no
from ninja_assets.runs.approving import take_back as undo_yes
from ninja_assets.runs.launches import Launch, launch_again, launch_of, launch_of_comparison, launch_of_match
from resources.core.errors import ContentError, NinjaError, StudioError
from resources.core.names import FINAL_VIDEO, CellKey, Mode, check_episode
from resources.core.settings import parse_mode
from resources.core.values import Part
from resources.models.loading import load_written
from resources.models.prices.price_values import usd
from resources.purchasing.books import open_state, refuse_archived
from resources.purchasing.gate import judge
from resources.purchasing.requests.takes import asks_again
from resources.purchasing.state.archived import Archive
from resources.purchasing.state.cut_notes import Notes
from resources.purchasing.state.state import EPISODE as OF_ALL


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)  # no price is agreed to without a limit


class Answer(_Asked):
    """What a person says yes or no to: the prices that a page showed, by their marks; voices, by segment and content;
    or a comparison, the mark of its price by its segment.
    """

    prices: list[str] = []
    voices: dict[str, str] = {}
    comparison: dict[str, str] = Field({}, max_length=1)

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if [bool(self.prices), bool(self.voices), bool(self.comparison)].count(True) != 1:
            raise ValueError("either prices, or voices, or a comparison")
        return self

    @property
    def marks(self) -> list[str]:
        """What the page showed of them."""
        return [*self.prices, *self.voices.values(), *self.comparison.values()]

    @property
    def compared(self) -> str | None:
        """The segment of the comparison."""
        return next(iter(self.comparison), None)


class TakeBackAsked(_Asked):
    """Take back the yes to prices that no run has bought by yet: `prices` are their marks."""

    prices: list[str] = Field(min_length=1)


class RetakeAsked(_Asked):
    """Make a part of a segment anew, for at most `usd`. `shown`: the mark of what the page shows of it."""

    segment: str
    part: Part
    shown: str
    usd: float = Field(ge=0)


class VoiceAsked(_Asked):
    """Make the voice of a segment, for at most `usd`."""

    usd: float = Field(ge=0)


class MakeAsked(VoiceAsked):
    """Make what is missing, for at most `usd`. `shown`: the mark of what the page shows of the episode."""

    shown: str


class TakeAsked(_Asked):
    """Use an earlier take of a segment."""

    segment: str
    number: int


class CompareAsked(_Asked):
    """Make a segment by several models, for at most `usd`."""

    models: list[str] = Field(min_length=2)
    usd: float = Field(ge=0)


class NoteAsked(_Asked):
    """Leave a note at a time of the cut. `cut` is the file that was looked at, as its page has it; empty: not told."""

    seconds: float
    text: str
    cut: str = ""


class SettleAsked(_Asked):
    """Say that a note has been seen to, or has not."""

    done: bool


async def approve(request: Request, desk: Desk) -> dict[str, Any]:
    """Say yes to what the page showed, and launch what remains of the runs that waited, or the comparison."""
    episode, mode = _whose(request)
    asked = Answer.model_validate_json(await request.body())
    async with desk.turn:
        await run_in_threadpool(_allowed, desk, episode, mode, asked.comparison or None)
        for segment in asked.comparison:
            await run_in_threadpool(check_not_compared_now, desk, episode, mode, segment)
        code = await loaded_code(request)
        approved = await run_in_threadpool(_approved, desk, episode, mode, asked)
        price = usd(sum(offer.usd for offer in approved.offers))
        message = f"{price} approved." if approved.offers else "Taken as it is."
        runs: list[str] = []
        try:
            wanted = await run_in_threadpool(_going_on, desk, approved, episode)
            for one in wanted:
                runs.append(await launch(request, code, one))
        except NinjaError as error:
            raise StudioError(
                f"{message} {f'Of {len(wanted)} runs only {len(runs)}' if runs else 'No run'} was launched",
                why=error.what if isinstance(error, ContentError) else str(error),
                hint="make what is missing, or make anew again: what was approved is not asked for again",
            ) from None
    return {"told": f"{message} What waited goes on.", "run": runs[0]}


async def decline(request: Request, desk: Desk) -> dict[str, Any]:
    """Say no to what the page showed. It buys nothing: a show that buys nothing from the pages allows it."""
    episode, mode = _whose(request)
    asked = Answer.model_validate_json(await request.body())
    async with desk.turn:
        declined = await run_in_threadpool(_declined, desk, episode, mode, asked)
    price = f"{usd(sum(offer.usd for offer in declined.offers))} declined" if declined.offers else "Let go"
    return {"told": f"{price}: nothing was bought, and what is made is kept. The next run asks anew."}


async def take_back(request: Request, desk: Desk) -> dict[str, Any]:
    """Take back a yes that no run has bought by. It buys nothing: a show that buys nothing from the pages allows it."""
    episode, mode = _whose(request)
    asked = TakeBackAsked.model_validate_json(await request.body())
    async with desk.turn:
        done = await run_in_threadpool(undo_yes, desk.settings, desk.show(), episode, mode, asked.prices)
    price = usd(sum(offer.usd for offer in done.offers))
    return {"told": f"Your yes to {price} is taken back: nothing was bought. The next run asks anew."}


async def retake(request: Request, desk: Desk) -> dict[str, Any]:
    """Launch a run that makes a part of a segment anew."""
    episode, mode = _whose(request)
    asked = RetakeAsked.model_validate_json(await request.body())
    async with desk.turn:
        await run_in_threadpool(_allowed, desk, episode, mode, [asked.segment], asked.part)
        await run_in_threadpool(_not_under_way, desk, episode, mode, asked.segment)
        await run_in_threadpool(check_shown, desk, episode, mode, asked.shown, asked.segment)
        code = await loaded_code(request)
        await run_in_threadpool(_agreed, desk, episode, mode, asked.usd, segment=asked.segment, part=asked.part)
        anew = (asked.segment,)
        wanted = launch_of(episode, mode, anew, retake=anew, retake_of=(asked.part.value,))
        run = await launch(request, code, wanted)
    return {"told": f"The {asked.part} of {asked.segment} is made anew.", "run": run}


async def make(request: Request, desk: Desk) -> dict[str, Any]:
    """Launch a run over the whole episode: what exists is reused."""
    episode, mode = _whose(request)
    asked = MakeAsked.model_validate_json(await request.body())
    async with desk.turn:
        slots = await run_in_threadpool(_allowed, desk, episode, mode)
        await run_in_threadpool(_not_under_way, desk, episode, mode, None)
        await run_in_threadpool(check_shown, desk, episode, mode, asked.shown)
        code = await loaded_code(request)
        await run_in_threadpool(_agreed, desk, episode, mode, asked.usd)
        run = await launch(request, code, launch_of(episode, mode, segments_of(slots)))
    return {"told": "What is missing is made.", "run": run}


async def take(request: Request, desk: Desk) -> dict[str, Any]:
    """Make an earlier take of a segment the current one, and launch the run that joins it. It costs nothing."""
    episode, mode = _whose(request)
    asked = TakeAsked.model_validate_json(await request.body())
    async with desk.turn:
        await run_in_threadpool(_allowed, desk, episode, mode, [asked.segment])
        settings = desk.settings.in_mode(mode)
        await run_in_threadpool(check_not_made_now, desk.instance, desk.show(), settings, episode, asked.segment)
        code = await loaded_code(request)
        await run_in_threadpool(choose_take, settings, episode, asked.segment, asked.number)
        try:
            run = await launch(request, code, launch_of(episode, mode, (asked.segment,)))
        except NinjaError as error:
            raise StudioError(
                f"{asked.segment} uses take {asked.number} from now on. No run was launched",
                why=str(error),
                hint="make what is missing: the cut is joined of it then",
            ) from None
    return {"told": f"{asked.segment} uses the earlier take; nothing is bought.", "run": run}


async def compare(request: Request, desk: Desk) -> dict[str, Any]:
    """Launch the run that makes a segment by several models, at the price that the page showed."""
    episode, mode = _whose(request)
    segment = request.path_params["segment"]
    asked = CompareAsked.model_validate_json(await request.body())
    async with desk.turn:
        await run_in_threadpool(_allowed, desk, episode, mode, [segment])
        code = await loaded_code(request)
        match = await run_in_threadpool(agreed_match, desk, episode, mode, segment, asked.models, asked.usd)
        run = await launch(request, code, launch_of_match(match))
    return {"told": f"{segment} is made by {len(match.models)} models.", "run": run}


async def voice(request: Request, desk: Desk) -> dict[str, Any]:
    """Launch the run that makes a segment's voice, by which models are compared, at the price that the page showed."""
    episode, mode = _whose(request)
    segment = request.path_params["segment"]
    asked = VoiceAsked.model_validate_json(await request.body())
    async with desk.turn:
        await run_in_threadpool(_allowed, desk, episode, mode, [segment])
        await run_in_threadpool(_not_under_way, desk, episode, mode, None)
        code = await loaded_code(request)
        await run_in_threadpool(agreed_voice, desk, episode, mode, segment, asked.usd)
        run = await launch(request, code, launch_of(episode, mode, (segment,), assets=FOR_ALL))
    return {"told": f"The voice of {segment} is made; then it is compared by it.", "run": run}


async def archive(request: Request, desk: Desk) -> dict[str, Any]:
    """Put an episode away, in every mode: its cuts, what it bought and its receipts stay."""
    episode, _ = _whose(request)
    _Asked.model_validate_json(await request.body())
    async with desk.turn:
        [done] = await run_in_threadpool(put_away, desk.settings, desk.show(), [episode], desk.instance)
    freed = f"{done.records} records, {done.runs} runs and {done.bytes / 1e6:.1f} MB are freed"
    return {"told": f"{episode} is archived: {freed}. Back with: ninja archive --undo {episode}", "go": f"{DESK}/"}


async def note(request: Request, desk: Desk) -> dict[str, Any]:
    """Leave a note."""
    episode, mode = _whose(request)
    asked = NoteAsked.model_validate_json(await request.body())
    number = await run_in_threadpool(_write_note, desk, episode, mode, asked)
    return {"told": "", "note": number}


async def settle(request: Request, desk: Desk) -> dict[str, Any]:
    """Say that a note has been seen to, or has not."""
    episode, _ = _whose(request)
    asked = SettleAsked.model_validate_json(await request.body())
    await run_in_threadpool(_settle_note, desk, episode, int(request.path_params["note"]), asked.done)
    return {"told": ""}


def _whose(request: Request) -> tuple[str, Mode]:
    episode = check_episode(request.path_params["episode"])
    return episode, parse_mode(request.path_params["mode"], where="the address")


def _allowed(
    desk: Desk, episode: str, mode: Mode, segments: Collection[str] | None = None, part: Part | None = None
) -> int:
    """Raise ContentError for what a shell would refuse, or no click may launch; register it. Returns the show's slots.

    `segments`: those that are judged in a paid mode; None: all. `part`: what of them is to be made anew.
    """
    show = desk.show()
    if mode.paid and not show.ui.paid:
        raise ContentError(
            "this show buys nothing from the pages",
            where="show.yaml, ui.paid",
            hint=asks_again(episode, mode, anew={(each, part) for each in segments or () if part}),
        )
    refuse_archived(desk.settings, show, episode)
    written = load_written(desk.settings.show, show, episode)
    if mode.paid:
        judged = judge(desk.settings.in_mode(mode), show, written, segments=segments, environment=os.environ)
        judged.refuse()
    desk.instance.add_dynamic_partitions(EPISODE, [episode])
    return show.slots


def _not_under_way(desk: Desk, episode: str, mode: Mode, segment: str | None) -> None:
    """Raise ContentError where a run makes it already: a second click buys no second take.

    A run of that segment alone makes an earlier take the current one, if it makes nothing anew.
    """
    runs = of_episode(live_runs(desk.instance, desk.show(), desk.settings), episode, mode)
    if segment is None and runs:
        raise ContentError(f"a run of {episode} in {mode} mode is under way", hint="wait until it has ended")
    if any(segment in run.retake or {cell.segment for cell in run.cells} == {segment} for run in runs):
        raise ContentError(f"a run is making {segment} anew", hint="wait until it has ended, then look at it")


def _agreed(
    desk: Desk, episode: str, mode: Mode, most_usd: float, *, segment: str | None = None, part: Part | None = None
) -> None:
    """Hold the price against what a person said yes to, and keep that yes where the price is exact."""
    price = agreed_price(desk, episode, mode, segment, part, most_usd)
    if price.offer is not None:
        agree(desk.settings.in_mode(mode), desk.show(), price.offer)


def _approved(desk: Desk, episode: str, mode: Mode, asked: Answer) -> Approved:
    show, voices = desk.show(), list(asked.voices)
    return say_yes(desk.settings, show, episode, segments=voices, compared=asked.compared, mode=mode, shown=asked.marks)


def _declined(desk: Desk, episode: str, mode: Mode, asked: Answer) -> Declined:
    show, instance, voices = desk.show(), desk.instance, list(asked.voices)
    return say_no(
        desk.settings, show, episode, instance, segments=voices, compared=asked.compared, mode=mode, shown=asked.marks
    )


def _going_on(desk: Desk, approved: Approved, episode: str) -> list[Launch]:
    """The runs that begin with a person's yes.

    Raises ContentError where Dagster does not know any more what the first of them made: no other run stands for it.
    """
    if approved.comparison is not None:
        return [launch_of_comparison(approved.comparison)]
    return [launch_again(desk.instance, root, episode, approved.mode) for root in approved.root_runs]


def _write_note(desk: Desk, episode: str, mode: Mode, asked: NoteAsked) -> int:
    show = desk.show()
    with open_state(desk.settings, show) as state:
        Archive(state).refuse(episode)
        records = Records(state, desk.settings.output, mode)
        cuts = records.find(FINAL_VIDEO, CellKey(episode, OF_ALL), Cuts)
        if asked.cut and (
            cuts is None or asked.cut not in {media_file(each.video) for each in cuts.value.by_format.values()}
        ):
            raise ContentError(
                f"the cut of {episode} was made anew since you looked at it, so the note was not left",
                why="something else may be seen at that time",
                hint="look at it as it is now, then leave the note again",
            )
        return note_at(Notes(state), records, episode, asked.seconds, asked.text).id


def _settle_note(desk: Desk, episode: str, number: int, done: bool) -> None:
    with open_state(desk.settings, desk.show()) as state:
        Archive(state).refuse(episode)
        Notes(state).settle(episode, number, done=done)
