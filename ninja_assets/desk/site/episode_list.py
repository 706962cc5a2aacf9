"""The list of episodes: newest first, each with a poster and how it stands in every mode."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ninja_assets.cells.links import episode_page, media_file
from ninja_assets.cut.review import review_of
from ninja_assets.desk.site.dagster_runs import LiveRun, Pulse, live_runs, of_episode
from ninja_assets.desk.site.opened import Desk, written_at
from ninja_assets.desk.site.waiting import Waits, all_agreed, all_waiting
from resources.content.script import list_episodes, list_misnamed_files
from resources.content.show import Show
from resources.core.errors import ContentError, NinjaError
from resources.core.names import Mode, episode_file
from resources.deliver.review_page import Review, Standing
from resources.models.loading import load_script
from resources.models.prices.price_values import usd
from resources.purchasing.state.archived import Archive
from resources.purchasing.state.state import Kept, ShowState

A_PAGE = 48  # episodes


@dataclass(frozen=True)
class InMode:
    """An episode in one mode: how far it is, and what it cost when it was made."""

    mode: Mode
    href: str
    words: str
    state: str  # of a badge: good, warn, bad, or none of these
    cost_usd: float = 0.0
    seconds: float = 0.0
    written_at: datetime | None = None


@dataclass(frozen=True)
class Card:
    """An episode of the list."""

    episode: str
    title: str
    href: str
    modes: tuple[InMode, ...]
    poster: str | None = None
    color: str = "#22d3ee"
    written_at: datetime | None = None
    trouble: str = ""
    begins: str = ""  # with these words, where there is no poster yet


@dataclass(frozen=True)
class EpisodeList:
    """A page of the list."""

    show: str
    cards: tuple[Card, ...]
    page: int
    pages: int
    total: int
    waits: tuple[Waits, ...] = ()
    agreed: tuple[Waits, ...] = ()  # approved, and no run is on that could buy it
    archived: int = 0
    misnamed: tuple[str, ...] = ()  # files beside the episodes that can be none


def episode_list(desk: Desk, page: int) -> EpisodeList:
    """The episodes of a page, from 1."""
    show = desk.show()
    live = live_runs(desk.instance, show, desk.settings)
    with desk.state(show) as state:
        kept = state.kept() if state else []
        away = Archive(state).episodes() if state else frozenset()
        names = [name for name in _ordered(kept, list_episodes(desk.settings.show)) if name not in away]
        pages = max(1, -(-len(names) // A_PAGE))
        page = min(max(1, page), pages)
        shown = names[(page - 1) * A_PAGE : page * A_PAGE]
        waits = all_waiting(state) if state else ()
        agreed = all_agreed(state) if state else ()
        cards = tuple(
            _card(desk, show, state, name, [each for each in kept if each.episode == name], live, waits)
            for name in shown
        )
    left = tuple(each for each in agreed if not of_episode(live, each.episode, each.mode))
    return EpisodeList(show.title, cards, page, pages, len(names), waits, left, len(away), _misnamed(desk))


def _misnamed(desk: Desk) -> tuple[str, ...]:
    return tuple(path.name for path in list_misnamed_files(desk.settings.show))


def list_pulse(desk: Desk) -> Pulse:
    """The pulse of the list."""
    show = desk.show()
    live = live_runs(desk.instance, show, desk.settings)
    with desk.state(show) as state:
        kept = [(each.episode, each.mode, each.records, each.written_at) for each in state.kept()] if state else []
        open_ = (*all_waiting(state), *all_agreed(state)) if state else ()
        waits = [(each.href, each.what, each.usd, each.mark) for each in open_]
        away = sorted(Archive(state).episodes()) if state else []
    written = {name: written_at(episode_file(desk.settings.show, name)) for name in list_episodes(desk.settings.show)}
    runs = [(run.run_id, run.status) for run in live]
    return Pulse.of(desk.show_written_at, kept, waits, away, written, _misnamed(desk), runs, live=bool(live))


def _ordered(kept: Sequence[Kept], files: Iterable[str]) -> list[str]:
    """All episodes: those without a record, which are to be made, then those made last."""
    made = list(dict.fromkeys(each.episode for each in kept))
    return [*sorted(set(files) - set(made), reverse=True), *made]


def _card(
    desk: Desk,
    show: Show,
    state: ShowState | None,
    episode: str,
    kept: Sequence[Kept],
    live: Sequence[LiveRun],
    waits: Sequence[Waits],
) -> Card:
    modes: list[InMode] = []
    card = Card(episode, episode, "", ())
    for mode in Mode:
        mine = next((each for each in kept if each.mode is mode), None)
        running = bool(of_episode(live, episode, mode))
        if mine is None or state is None:
            if running:
                modes.append(InMode(mode, episode_page(episode, mode), "a run is under way", "mode"))
            continue
        at = datetime.fromtimestamp(mine.written_at, UTC)
        try:
            sight = desk.sight(show, state, episode, mode)
        except ContentError:
            continue
        review = review_of(
            sight, sight.script.format, lambda media, _: media_file(media), cut=sight.cut(sight.script.format)
        )
        open_ = [each for each in waits if (each.episode, each.mode, each.compared) == (episode, mode, False)]
        modes.append(_in_mode(review, mode, at, running=running, waits=open_))
        first = next((each for each in review.segments if each.poster), None)
        card = replace(card, title=sight.script.title)
        if first is not None:
            card = replace(card, poster=first.poster, color=first.color)
    newest = max((each.written_at for each in modes if each.written_at), default=None)
    best = max(modes, key=lambda each: list(Mode).index(each.mode), default=None)
    href = best.href if best else episode_page(episode, Mode.REHEARSAL)
    if not kept:
        card = _unmade(desk, show, card)
    return replace(card, modes=tuple(modes), href=href, written_at=newest)


def _unmade(desk: Desk, show: Show, card: Card) -> Card:
    """An episode of which nothing is recorded: what its file says."""
    try:
        script = load_script(desk.settings.show, show, card.episode)
        return replace(card, title=script.title, begins=script.segments[0].text)
    except NinjaError as error:
        return replace(card, trouble=f"{len(error.parts) or 1} mistake{'s' * (len(error.parts) > 1)} in its file")


def _in_mode(review: Review, mode: Mode, at: datetime, *, running: bool, waits: Sequence[Waits]) -> InMode:
    made = sum(each.state is Standing.MADE for each in review.segments)
    whole = made == len(review.segments) and review.video is not None
    failed = sum(not words.passed for words in review.every_check)
    if running:
        words, state = f"{made} of {len(review.segments)}, running", "mode"
    elif waits:
        price = sum(each.usd or 0.0 for each in waits)
        words, state = f"waits for {usd(price)}" if price else "a voice is to be heard", "warn"
    elif whole:
        words, state = (f"{failed} check{'s' if failed > 1 else ''} failed", "warn") if failed else ("finished", "good")
    else:
        words, state = f"{made} of {len(review.segments)} segments", "warn"
    return InMode(mode, episode_page(review.episode, mode), words, state, review.cost_usd, review.seconds, at)
