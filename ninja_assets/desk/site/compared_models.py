"""A segment by several models: what the last comparison made, side by side, and what the next may be made by.

Before one can begin, its voice is made; one that waits for its price is approved here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import dagster as dg
from pydantic import ValidationError

from ninja_assets.cells.links import media_file, models_page
from ninja_assets.desk.site.click_prices import check_agreed
from ninja_assets.desk.site.dagster_runs import Pulse, RunOfMatch, last_match_run, live_runs, of_episode
from ninja_assets.desk.site.opened import Desk
from ninja_assets.desk.site.waiting import WaitingComparison, Waits, agreed_comparison, waiting_comparison
from ninja_assets.partitions import parse_key
from ninja_assets.reports.match_offers import OnOffer, models_on_offer, offer_of, voice_price
from ninja_assets.reports.matches import Match, check_caps, check_match, check_voice
from ninja_assets.reports.model_comparison import FIGURES, NAME, headings, row
from ninja_assets.runs.approving import agree
from resources.content.segments import Script
from resources.content.show import Show
from resources.core.errors import ContentError, NinjaError
from resources.core.names import CellKey, Mode, check_episode, segment_number
from resources.core.values import Media
from resources.deliver.comparison_page import Comparison, Contender
from resources.models.loading import load_script
from resources.purchasing.books import refuse_archived


@dataclass(frozen=True)
class Compared:
    """A model's clip, where it is played, and its figures as a person reads them."""

    made: Contender
    video: str | None
    figures: Sequence[str]


@dataclass(frozen=True)
class Wall:
    """The last comparison as it is shown. `headings` are the names of the figures."""

    comparison: Comparison
    voice: str | None
    headings: Sequence[str]
    models: Sequence[Compared]


@dataclass(frozen=True)
class ModelsPage:
    """A segment's page of models. `trouble`: why no comparison can be asked for now; `last`: the last run of one.

    `voice_usd`: what the voice costs, where it is to be made first, and `making` that a run of the episode is on.
    `waits`: the comparison that waits for a person's yes to its price; `agreed`: what was approved, and is not bought
    yet. `untold`: there is one that another version of this program told, in words that this one does not know.
    """

    episode: str
    mode: Mode
    segment: str
    speaker: str
    color: str
    line: str
    match: Wall | None
    offered: Sequence[OnOffer]
    trouble: str
    last: RunOfMatch | None
    may_buy: bool
    voice_usd: float | None = None
    making: bool = False
    waits: WaitingComparison | None = None
    agreed: Sequence[Waits] = ()
    untold: bool = False

    @property
    def base(self) -> str:
        """The address of this page, below which its act is."""
        return models_page(CellKey(self.episode, self.segment), self.mode)

    @property
    def live(self) -> bool:
        """Whether a run makes it by several models now, which buys by what was approved."""
        return self.last is not None and self.last.live

    @property
    def chosen(self) -> frozenset[str]:
        """The models that are ticked at first: those of the last comparison."""
        return frozenset(each.made.model for each in self.match.models) if self.match else frozenset()


_LAST = 200  # comparisons of an episode


def models_of(desk: Desk, episode: str, mode: Mode, segment: str) -> ModelsPage:
    """The page of a segment. Raises ContentError where nothing is known of it, and where nobody speaks in it."""
    cell, show = _cell(episode, segment), desk.show()
    refuse_archived(desk.settings, show, episode)
    compared = _comparisons(desk.instance, [cell], mode)
    comparison = compared.get(cell)
    offered: Sequence[OnOffer] = ()
    trouble, speaker, color, line = "", "", "", ""
    voice_usd = None
    last = last_match_run(desk.instance, episode, mode, segment)
    try:
        script = load_script(desk.settings.show, show, episode)
        turn = script.turn(segment)
        (speaker, color), line = turn.title(show), turn.spoken
        voice_usd = _voice_usd(desk, show, script, mode, segment)
        if voice_usd is None:
            offered = models_on_offer(desk.settings.in_mode(mode), show, script, segment)
    except NinjaError as error:
        if comparison is None and not line:
            raise
        trouble = str(error)
    return ModelsPage(
        episode=episode,
        mode=mode,
        segment=segment,
        speaker=comparison.speaker if comparison else speaker,
        color=comparison.color if comparison else color,
        line=comparison.line if comparison else line,
        match=_shown(comparison) if comparison else None,
        offered=offered,
        trouble=trouble,
        last=last,
        may_buy=show.ui.paid or not mode.paid,
        voice_usd=voice_usd,
        making=voice_usd is not None and _is_making(desk, show, episode, mode),
        waits=_waits(desk, show, episode, mode, segment),
        agreed=_agreed(desk, show, episode, mode, segment),
        untold=cell in compared and comparison is None,
    )


def _voice_usd(desk: Desk, show: Show, script: Script, mode: Mode, segment: str) -> float | None:
    """What the voice of a segment costs that is to be made before a comparison; None where it is there."""
    try:
        check_voice_of(desk, show, script, mode, segment)
    except NinjaError:
        return voice_price(desk.settings.in_mode(mode), show, script, segment)
    return None


def _is_making(desk: Desk, show: Show, episode: str, mode: Mode) -> bool:
    return bool(of_episode(live_runs(desk.instance, show, desk.settings), episode, mode))


def _waits(desk: Desk, show: Show, episode: str, mode: Mode, segment: str) -> WaitingComparison | None:
    with desk.state(show) as state:
        return waiting_comparison(state, episode, mode, segment) if state else None


def _agreed(desk: Desk, show: Show, episode: str, mode: Mode, segment: str) -> tuple[Waits, ...]:
    with desk.state(show) as state:
        return agreed_comparison(state, episode, mode, segment) if state else ()


def check_voice_of(desk: Desk, show: Show, script: Script, mode: Mode, segment: str) -> None:
    """Raise ContentError where a comparison cannot begin: the voice is not made, or of other words."""
    with desk.state(show) as state:
        if state is None:
            raise ContentError(f"nothing is made of {script.episode} in {mode} mode yet", hint="make it first")
        check_voice(script, segment, desk.sight(show, state, script.episode, mode).records)


def models_pulse(desk: Desk, episode: str, mode: Mode, segment: str) -> Pulse:
    """The pulse of a segment's page of models."""
    cell = _cell(episode, segment)
    run = last_match_run(desk.instance, episode, mode, segment)
    comparison = _comparisons(desk.instance, [cell], mode).get(cell)
    seen = comparison.model_dump(mode="json") if comparison else None
    show = desk.show()
    making, voice = _is_making(desk, show, episode, mode), _voice_of(desk, show, episode, mode, segment)
    last, waits = [run.run_id, run.status] if run else None, _waits(desk, show, episode, mode, segment)
    agreed = [each.mark for each in _agreed(desk, show, episode, mode, segment)]
    live = making or (run is not None and run.live)
    return Pulse.of(desk.show_written_at, last, seen, making, voice, waits and waits.offer.mark, agreed, live=live)


def _voice_of(desk: Desk, show: Show, episode: str, mode: Mode, segment: str) -> str:
    """Why a comparison cannot begin, in words; "" where it can."""
    try:
        check_voice_of(desk, show, load_script(desk.settings.show, show, episode), mode, segment)
    except NinjaError as error:
        return str(error)
    return ""


def agreed_voice(desk: Desk, episode: str, mode: Mode, segment: str, agreed_usd: float) -> None:
    """Raise ContentError unless a segment's voice is to be made, for no more than was agreed to."""
    show = desk.show()
    price = _voice_usd(desk, show, load_script(desk.settings.show, show, episode), mode, segment)
    if price is None:
        raise ContentError(f"the voice of {segment} is made already", hint="compare by it")
    check_agreed(price, agreed_usd)


def agreed_match(desk: Desk, episode: str, mode: Mode, segment: str, models: Sequence[str], agreed_usd: float) -> Match:
    """A comparison that may be launched, for no more than it costs now; a person's yes to that is kept.

    Raises ContentError where a run makes one of the segment already, where its voice is not made as its words are now,
    and where the price is more than was agreed to; CapError over a cap.
    """
    cell, show, settings = _cell(episode, segment), desk.show(), desk.settings.in_mode(mode)
    check_not_compared_now(desk, episode, mode, segment)
    match = check_match(settings, cell.episode, segment, models)
    check_voice_of(desk, show, match.script, mode, segment)
    quote = check_caps(match)
    if quote is None:
        return match
    if quote.voice_usd or not quote.exact:
        raise ContentError(f"the voice of {segment} would be made anew", hint="make what is missing of it first")
    check_agreed(quote.total_usd, agreed_usd)
    agree(settings, show, offer_of(match, quote))
    return replace(match, cap_usd=quote.total_usd)


def check_not_compared_now(desk: Desk, episode: str, mode: Mode, segment: str) -> None:
    """Raise ContentError where a run makes a segment by several models already."""
    last = last_match_run(desk.instance, episode, mode, segment)
    if last is not None and last.live:
        raise ContentError(f"a run is making {segment} by several models", hint="wait until it has ended")


def compared_segments(desk: Desk, episode: str, mode: Mode, segments: Sequence[str]) -> frozenset[str]:
    """The segments of an episode that were made by several models in a mode."""
    cells = [CellKey(episode, segment) for segment in segments]
    return frozenset(cell.segment for cell in _comparisons(desk.instance, cells, mode))


def _cell(episode: str, segment: str) -> CellKey:
    segment_number(segment)
    return CellKey(check_episode(episode), segment)


def _comparisons(
    instance: dg.DagsterInstance, cells: Sequence[CellKey], mode: Mode
) -> Mapping[CellKey, Comparison | None]:
    """The last comparison of each cell that was compared; None for one that another version of this program told."""
    partitions = [str(cell) for cell in cells]
    wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(NAME), asset_partitions=partitions)
    found: dict[CellKey, Comparison | None] = {}
    for record in instance.fetch_materializations(wanted, limit=_LAST).records:
        made = record.asset_materialization
        if made is None or made.partition is None or FIGURES not in made.metadata:
            continue
        comparison = _read(made.metadata[FIGURES].value)
        if (comparison.mode if comparison else _mode_of(made)) == mode.value:
            found.setdefault(parse_key(made.partition), comparison)
    return found


def _read(figures: object) -> Comparison | None:
    try:
        return Comparison.model_validate(figures)
    except ValidationError:
        return None


def _mode_of(made: dg.AssetMaterialization) -> object:
    mode = made.metadata.get("mode")
    return mode.value if mode is not None else None


def _shown(comparison: Comparison) -> Wall:
    models = [Compared(each, _address(each.media), row(each)) for each in comparison.models]
    return Wall(comparison, _address(comparison.voice_media), headings(comparison), models)


def _address(media: Media | None) -> str | None:
    return media_file(media) if media else None
