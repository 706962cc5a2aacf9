"""One episode in one mode: what is made of it, what a run is making, what failed, what people noted."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from ninja_assets.cells.links import episode_page, media_file
from ninja_assets.cut.review import review_of, spoken_of
from ninja_assets.desk.site.compared_models import compared_segments
from ninja_assets.desk.site.dagster_runs import EndedRun, LiveRun, Pulse, ended_run, last_run, live_runs, of_episode
from ninja_assets.desk.site.opened import Desk
from ninja_assets.desk.site.waiting import Waiting, Waits, all_agreed, waiting_marks, waiting_of
from resources.content.segments import Script
from resources.content.show import Format, Show
from resources.core.errors import ContentError, NinjaError
from resources.core.names import FINAL_VIDEO, Mode, check_episode, episode_file
from resources.deliver.review_page import Other, Review, ReviewSegment, Standing
from resources.media.typography.subtitles import vtt
from resources.models.loading import load_script
from resources.purchasing.state.archived import Archive
from resources.purchasing.state.cut_notes import Note, Notes


@dataclass(frozen=True)
class Shown:
    """An episode's page. `review` is None where its script was never read in this mode.

    `trouble`: why nothing can be made of its file as it is now.
    """

    episode: str
    title: str
    mode: Mode
    shape: Format
    shapes: tuple[Format, ...]
    review: Review | None
    board: str | None
    wave: str | None
    notes: tuple[Note, ...]
    waiting: Waiting
    agreed: tuple[Waits, ...]  # approved, and not bought yet
    compared: frozenset[str]  # the segments that were made by several models
    live: tuple[LiveRun, ...]
    ended: EndedRun
    made_in: frozenset[Mode]
    may_buy: bool  # by a click: show.yaml, ui.paid
    paid: bool
    file: str  # the episode's, by its content; empty: there is none
    stale: bool  # it is another one than what was read
    trouble: str = ""
    archived: bool = False
    lines: tuple[tuple[str, str, str, str], ...] = ()  # of what is not made: segment, name, colour, words

    @property
    def missing(self) -> int:
        """How many segments are not made as they are now, and are not being made."""
        return sum(each.state not in (Standing.MADE, Standing.WORKING) for each in self._segments)

    @property
    def to_make(self) -> str:
        """What a run would make, in words."""
        changed = sum(each.state is Standing.CHANGED for each in self._segments)
        missing = self.missing - changed
        parts = [f"{missing} of {len(self._segments)} segments {_are(missing)} missing" if missing else ""]
        parts += [f"{changed} {_are(changed)} out of date" if changed else ""]
        return ", ".join(filter(None, parts)) or "all segments are made"

    @property
    def unjoined(self) -> str:
        """Why the last run made no cut of segments that are all made; empty where it did, or some are missing."""
        ended = self.ended
        if self.missing or self.live or ended.status != "FAILURE" or ended.waits or ended.declined:
            return ""
        return next((why for why in ended.failures.values() if why.startswith(f"{FINAL_VIDEO}: ")), "")

    @property
    def _segments(self) -> tuple[ReviewSegment, ...]:
        return self.review.segments if self.review else ()

    def mark(self, segment: str = "") -> str:
        """What tells this page from one of another time, as far as it is what a click would make: the episode's file,
        and what is made of this segment."""
        seen = next((each for each in self._segments if each.segment == segment), None)
        made = [seen.state, seen.take, seen.voice, sorted(seen.clips.items())] if seen else []
        return hashlib.sha256(json.dumps([self.file, segment, *made]).encode()).hexdigest()[:16]

    @property
    def base(self) -> str:
        """The address of this page, below which its actions are."""
        return episode_page(self.episode, self.mode)


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def shown_episode(desk: Desk, episode: str, mode: Mode, shape: str | None) -> Shown:
    """The page of an episode. Raises ContentError for one that is neither recorded nor written."""
    show = desk.show()
    check_episode(episode)
    live = of_episode(live_runs(desk.instance, show, desk.settings), episode, mode)
    ended = ended_run(desk.instance, episode, mode)
    file = _file_of(desk, episode)
    with desk.state(show) as state:
        kept = state.kept(episode) if state else []
        made_in = frozenset(each.mode for each in kept)
        agreed = all_agreed(state, episode, mode) if state else ()
        if state is None or mode not in made_in:
            archived = state is not None and episode in Archive(state).episodes()
            return _unmade(desk, show, episode, mode, live, ended, made_in, agreed, archived=archived)
        sight = desk.sight(show, state, episode, mode)
        script = sight.script
        chosen = _shape(script, shape)
        cut = sight.cut(chosen)
        captions = f"{episode_page(episode, mode)}/captions.vtt?shape={chosen}" if cut else None
        others = _others(desk, episode, mode, made_in)
        review = review_of(sight, chosen, lambda media, _: media_file(media), cut=cut, captions=captions, others=others)
        waiting = waiting_of(state, sight)
        return Shown(
            episode=episode,
            title=script.title,
            mode=mode,
            shape=chosen,
            shapes=script.formats,
            review=_with_runs(review, live, ended, waiting),
            board=media_file(cut.board) if cut else None,
            wave=media_file(cut.wave) if cut else None,
            notes=tuple(Notes(state).of(episode, mode)),
            waiting=waiting,
            agreed=agreed,
            compared=compared_segments(desk, episode, mode, [each.segment for each in script.segments]),
            live=tuple(live),
            ended=ended,
            made_in=made_in,
            may_buy=show.ui.paid or not mode.paid,
            paid=mode.paid,
            file=file,
            trouble=_trouble(desk, show, episode) if file != script.sha256 else "",
            stale=file not in ("", script.sha256),
        )


def check_shown(desk: Desk, episode: str, mode: Mode, mark: str, segment: str = "") -> None:
    """Raise ContentError where what a click would make is not what its page showed: `mark` as `Shown.mark` has it."""
    if shown_episode(desk, episode, mode, None).mark(segment) != mark:
        raise ContentError(
            f"{segment or episode} is not what the page showed any more, so nothing was begun",
            why="its file was edited, or it was made by somebody else",
            hint="look at it as it is now, then ask again",
        )


def _trouble(desk: Desk, show: Show, episode: str) -> str:
    """Why nothing can be made of an episode's file as it is now; empty where it can."""
    try:
        load_script(desk.settings.show, show, episode)
    except NinjaError as error:
        return str(error)
    return ""


def _file_of(desk: Desk, episode: str) -> str:
    try:
        return hashlib.sha256(episode_file(desk.settings.show, episode).read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def _shape(script: Script, asked: str | None) -> Format:
    """The format that is shown: the one that was asked for, where the episode has it."""
    return next((each for each in script.formats if each.value == asked), script.format)


def captions_of(desk: Desk, episode: str, mode: Mode, shape: str | None) -> str:
    """The captions of the cut in a format, as WebVTT. Raises ContentError where there is no cut."""
    show = desk.show()
    with desk.state(show) as state:
        sight = desk.sight(show, state, episode, mode) if state else None
        cut = sight.cut(_shape(sight.script, shape)) if sight else None
        if sight is None or cut is None:
            raise ContentError(f"there is no cut of {episode} in {mode} mode yet")
        return vtt(spoken_of(sight, cut), sight.show.language)


def pulse_of(desk: Desk, episode: str, mode: Mode) -> Pulse:
    """The pulse of an episode's page."""
    show = desk.show()
    live = of_episode(live_runs(desk.instance, show, desk.settings), check_episode(episode), mode)
    with desk.state(show) as state:
        kept = [(each.mode.value, each.records, each.written_at) for each in state.kept(episode)] if state else []
        notes = [(each.id, each.done) for each in Notes(state).of(episode, mode)] if state else []
        waits = waiting_marks(state, episode, mode) if state else []
    runs = [last_run(desk.instance, episode, mode), *((run.run_id, run.status) for run in live)]
    written = [desk.show_written_at, _file_of(desk, episode)]
    return Pulse.of(kept, notes, waits, runs, written, live=bool(live))


def _unmade(
    desk: Desk,
    show: Show,
    episode: str,
    mode: Mode,
    live: Sequence[LiveRun],
    ended: EndedRun,
    made_in: frozenset[Mode],
    agreed: tuple[Waits, ...],
    *,
    archived: bool,
) -> Shown:
    title, shape, trouble = episode, Format.SHORT, ""
    lines: tuple[tuple[str, str, str, str], ...] = ()
    try:
        script = load_script(desk.settings.show, show, episode)
        title, shape = script.title, script.format
        lines = tuple((each.segment, *each.title(show), each.text) for each in script.segments)
    except NinjaError as error:
        if not made_in and not archived and not episode_file(desk.settings.show, episode).exists():
            raise
        trouble = str(error)
    return Shown(
        episode=episode,
        title=title,
        mode=mode,
        shape=shape,
        shapes=(shape,),
        review=None,
        board=None,
        wave=None,
        notes=(),
        waiting=Waiting(),
        agreed=agreed,
        compared=frozenset(),
        live=tuple(live),
        ended=ended,
        made_in=made_in,
        may_buy=show.ui.paid or not mode.paid,
        paid=mode.paid,
        file=_file_of(desk, episode),
        stale=False,
        trouble=trouble,
        archived=archived,
        lines=lines,
    )


def _with_runs(review: Review, live: Sequence[LiveRun], ended: EndedRun, waiting: Waiting) -> Review:
    """The review with what Dagster tells: what is being made, and why something was not; and with what waits."""
    making = {cell.segment for run in live for cell in run.cells if cell.episode == review.episode}
    anew = {segment for run in live for segment in run.retake}
    return review.model_copy(
        update={"segments": tuple(_with_run(each, making, anew, ended, waiting) for each in review.segments)}
    )


def _with_run(
    segment: ReviewSegment, making: set[str], anew: set[str], ended: EndedRun, waiting: Waiting
) -> ReviewSegment:
    key = segment.segment
    if key in making and (segment.state is not Standing.MADE or key in anew):
        return segment.model_copy(update={"state": Standing.WORKING})
    if segment.state is not Standing.MADE and key in waiting.segments:
        return segment.model_copy(update={"state": Standing.WAITING})
    if segment.state is not Standing.MADE and key in ended.failures:
        return segment.model_copy(update={"state": Standing.FAILED, "failure": ended.failures[key]})
    return segment


def _others(desk: Desk, episode: str, mode: Mode, made_in: frozenset[Mode]) -> tuple[Other, ...]:
    """The cuts of the same episode in its other modes."""
    found = []
    show = desk.show()
    with desk.state(show) as state:
        for other in sorted(made_in - {mode}):
            sight = desk.sight(show, state, episode, other) if state else None
            cut = sight.cut(sight.script.format) if sight else None
            if cut is not None:
                page = episode_page(episode, other)
                found.append(Other(label=f"{episode} · {other}", video=media_file(cut.video), review=page))
    return tuple(found)
