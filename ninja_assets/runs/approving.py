"""A person's word to what a show waits for: a price, or a voice that is not as its line is likely to be said.

A price is of an episode's own clips, or of a comparison of models by one of its segments. `approve` is the same for the
shell and the desk: it writes down what was said, and says what then goes on. A shell makes that in its own process
(`ninja_assets.runs.production.go_on`, `ninja_assets.runs.comparison.compare`), the desk through Dagster, with what
`ninja_assets.runs.launches` gives.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import dagster as dg

from ninja_assets.cells.running.launch import WAITS_TAG, declined_tags, episodes_of
from ninja_assets.runs.launches import last_try
from resources.content.show import Show
from resources.core.errors import ContentError
from resources.core.names import Mode, check_episode, in_order, span
from resources.core.settings import Settings
from resources.models.prices.price_values import usd
from resources.purchasing.books import find_state, open_state
from resources.purchasing.state.approvals import Approvals, Ask, Doubt, command_of
from resources.purchasing.state.archived import Archive
from resources.purchasing.state.consent import MARKED, Offer, asks

_Waits = TypeVar("_Waits", Ask, Doubt)


@dataclass(frozen=True)
class Approved:
    """What a person has said yes to, and the root runs that go on with it. `comparison`: the one that then begins."""

    mode: Mode
    offers: Sequence[Offer]
    voices: Sequence[Doubt]
    root_runs: Sequence[str]
    comparison: Offer | None = None


def approve(
    settings: Settings,
    show: Show,
    episode: str,
    *,
    segments: Sequence[str] = (),
    compared: str | None = None,
    mode: Mode | None = None,
    mark: str | None = None,
    shown: Collection[str] | None = None,
    check: Callable[[Mode, Sequence[Offer]], object] | None = None,
) -> Approved:
    """Approve the price that an episode's clips wait for, or with `compared` that of a comparison by this segment.

    With `segments`, accept their voices as they are, and no price. Without `mode`, of the one mode in which something
    waits. `mark` begins that of the offer which is meant: another one is not approved. `shown` is what a page showed:
    the offers by their marks, or the voices by their content. `check` is told what is meant, and raises where it could
    not be made as things stand: nothing is approved then. Raises ContentError where nothing waits, and where it is not
    what was shown.
    """
    with _waiting(
        settings, show, episode, segments=segments, compared=compared, mode=mode, mark=mark, shown=shown
    ) as found:
        if check is not None:
            check(found.mode, [ask.offer for ask in found.asks])
        if not (found.approvals.approve(found.asks) and found.approvals.accept(found.voices)):
            raise _nothing(f"nothing of {episode} waits for approval any more", episode)
    offers, voices = [ask.offer for ask in found.asks], found.voices
    if compared:
        return Approved(found.mode, offers, (), (), comparison=offers[-1])
    roots = dict.fromkeys([*(ask.root_run for ask in found.asks), *(voice.root_run for voice in voices)])
    return Approved(found.mode, offers, voices, list(roots))


@dataclass(frozen=True)
class Declined:
    """What a person has said no to: prices and voices that waited; `taken_back`: a yes that no run had bought by."""

    mode: Mode
    offers: Sequence[Offer]
    voices: Sequence[Doubt] = ()
    taken_back: bool = False


def decline(
    settings: Settings,
    show: Show,
    episode: str,
    instance: dg.DagsterInstance,
    *,
    segments: Sequence[str] = (),
    compared: str | None = None,
    mode: Mode | None = None,
    shown: Collection[str] | None = None,
) -> Declined:
    """Say no to the price that an episode's clips wait for, or with `compared` to that of a comparison by this segment.

    With `segments`, let their voices go, and no price. Nothing is bought by it and nothing was reserved; what is bought
    is kept, and the next run asks anew. The runs that waited say so in Dagster. Where none waits, and a price was
    approved by which no run has bought yet, that yes is taken back. `mode` and `shown` as `approve` has them; raises as
    that.
    """
    with _waiting(
        settings, show, episode, segments=segments, compared=compared, mode=mode, shown=shown, no=True
    ) as found:
        if found.agreed:
            return _taken_back(found.approvals, episode, found.mode, found.asks)
        if not (found.approvals.decline(found.asks) and found.approvals.let_go(found.voices)):
            raise _nothing(f"nothing of {episode} waits for approval any more", episode, no=True)
        waiting = {(ask.root_run, ask.offer.episode) for ask in found.approvals.waiting()}
        waiting |= {(doubt.root_run, doubt.cell.episode) for doubt in found.approvals.doubts()}
    roots = [*(ask.root_run for ask in found.asks), *(voice.root_run for voice in found.voices)]
    for root in dict.fromkeys(filter(None, roots)):
        run = last_try(instance, root, episode)
        if run is not None and run.tags.get(WAITS_TAG):
            price = sum(ask.offer.usd for ask in found.asks if ask.root_run == root)
            heard = [voice.cell.segment for voice in found.voices if voice.root_run == root]
            what = f"the voice of {span(heard)}" if heard else usd(price)
            others = any((root, each) in waiting for each in episodes_of(run.tags) if each != episode)
            marks = declined_tags(run.tags, episode, what, waits=(root, episode) in waiting, others=others)
            instance.add_run_tags(run.run_id, marks)
    return Declined(found.mode, [ask.offer for ask in found.asks], found.voices)


def take_back(settings: Settings, show: Show, episode: str, mode: Mode, shown: Collection[str]) -> Declined:
    """Take back the yes to prices by which no run has bought yet, as a page showed them: `shown` are their marks.

    Raises ContentError where a run has bought by one of them, or it was taken back.
    """
    with open_state(settings, show) as state:
        Archive(state).refuse(episode)
        approvals = Approvals.of(state)
        asks = [ask for ask in approvals.agreed(check_episode(episode), mode) if ask.offer.mark in shown]
        if {ask.offer.mark for ask in asks} != {*shown}:
            raise _bought_or_gone(episode)
        return _taken_back(approvals, episode, mode, asks)


def _taken_back(approvals: Approvals, episode: str, mode: Mode, asks: Sequence[Ask]) -> Declined:
    if not approvals.take_back(asks):
        raise _bought_or_gone(episode)
    return Declined(mode, [ask.offer for ask in asks], taken_back=True)


def _bought_or_gone(episode: str) -> ContentError:
    return ContentError(
        f"the yes to {episode} is not there any more",
        why="a run has bought by it meanwhile, or it was taken back",
        hint="ninja approve lists what is approved and not bought yet",
    )


@dataclass(frozen=True)
class _Waiting:
    """What of an episode waits in one mode for the word that is said now; `agreed`: it was approved, and bought not."""

    approvals: Approvals
    mode: Mode
    asks: Sequence[Ask]
    voices: Sequence[Doubt]
    agreed: bool = False


@contextmanager
def _waiting(
    settings: Settings,
    show: Show,
    episode: str,
    *,
    segments: Sequence[str] = (),
    compared: str | None,
    mode: Mode | None,
    mark: str | None = None,
    shown: Collection[str] | None,
    no: bool = False,
) -> Iterator[_Waiting]:
    """What waits, as it was shown; `no`: what is said to it. Raises ContentError as `approve`."""
    check_episode(episode)
    state = find_state(settings, show)
    if state is None:
        raise _nothing(f"nothing of {episode} waits for approval", episode, mode=mode, no=no)
    with state:
        Archive(state).refuse(episode)
        approvals = Approvals.of(state)
        doubts, waiting = approvals.doubts(episode), approvals.waiting(episode)
        agreed = approvals.agreed(episode) if not segments and shown is None else []
        here, heard, free = _of(mode, waiting), _of(mode, doubts), _of(mode, agreed)
        asks = [] if segments else [ask for ask in here if ask.offer.compared == compared]
        voices = _voices(episode, segments, heard, waiting, doubts, mode=mode, no=no)
        if mark is not None and asks:
            asks = [ask for ask in asks if len(mark) >= MARKED and ask.offer.mark.startswith(mark)]
            if not asks:
                what = f"what {episode} waits for is another purchase now"
                if len(mark) < MARKED:
                    what = f"{mark!r} is too short to tell which price is meant: an offer is named by {MARKED} letters"
                raise _nothing(what, episode, waiting)
        if not asks and not voices and shown is not None:
            raise ContentError(
                f"nothing of {episode} waits for approval any more: it was approved or declined meanwhile",
                hint="look at it again",
            )
        taken_back = [] if asks or voices else [ask for ask in free if ask.offer.compared == compared]
        if taken_back and not no:
            raise _approved_before(taken_back)
        if not asks and not voices and not taken_back:
            what = f"no comparison by {compared} of {episode}" if compared else f"nothing of {episode}"
            in_mode = f" in {mode}" if mode and (waiting or doubts) else ""
            raise _nothing(f"{what} waits for approval{in_mode}", episode, waiting, doubts, mode=mode, no=no)
        asks = asks or taken_back
        modes = sorted({*(ask.offer.mode for ask in asks), *(voice.mode for voice in voices)})
        if len(modes) > 1:
            hint = ", or ".join(_commands(asks, voices, no=no))
            raise ContentError(
                f"{episode} waits in {' and in '.join(modes)}", why="each is a purchase of its own", hint=hint
            )
        if shown is not None:
            _check_shown(shown, asks, voices)
        yield _Waiting(approvals, modes[0], asks, voices, agreed=bool(taken_back))


def _of(mode: Mode | None, found: Sequence[_Waits]) -> list[_Waits]:
    """What waits in a mode; None: in any."""
    return [each for each in found if mode in (None, each.mode)]


def agree(settings: Settings, show: Show, offer: Offer) -> None:
    """Write down that a person said yes to an exact price before its run begins, if the run would ask for it."""
    if asks(show.approval, offer.mode, offer.usd, terminal=False):
        with open_state(settings, show) as state:
            Approvals.of(state).agree(offer)


def wait(settings: Settings, show: Show, offer: Offer) -> None:
    """Write down that a price waits which a shell had nobody to ask for, before a run of it."""
    with open_state(settings, show) as state:
        Approvals.of(state).ask(offer, root_run="")


def _check_shown(shown: Collection[str], asks: Sequence[Ask], voices: Sequence[Doubt]) -> None:
    """Raise ContentError where something else waits than what a person was shown."""
    if {*shown} == {*(ask.offer.mark for ask in asks), *(voice.sha256 for voice in voices)}:
        return
    if voices:
        raise ContentError("another voice waits now than the one that was shown", hint="listen to it again")
    price = usd(sum(ask.offer.usd for ask in asks))
    raise ContentError(f"what waits is another purchase now, for {price}", hint="look at it again")


def _voices(
    episode: str,
    segments: Sequence[str],
    heard: Sequence[Doubt],
    waiting: Sequence[Ask],
    doubts: Sequence[Doubt],
    *,
    mode: Mode | None,
    no: bool,
) -> list[Doubt]:
    """The voices of these segments. Raises ContentError for a segment whose voice nobody waits for."""
    found = [each for each in heard if each.cell.segment in segments]
    missing = in_order({*segments} - {each.cell.segment for each in found})
    if missing:
        what = f"no voice of {span(missing)} of {episode} waits to be heard"
        raise _nothing(what, episode, waiting, doubts, mode=mode, no=no)
    return found


def _nothing(
    what: str,
    episode: str,
    waiting: Sequence[Ask] = (),
    doubts: Sequence[Doubt] = (),
    *,
    mode: Mode | None = None,
    no: bool = False,
) -> ContentError:
    """What is told instead: what of the episode does wait, and the commands that say yes to it, or `no`."""
    voices: dict[Mode, list[str]] = {}
    for each in doubts:
        voices.setdefault(each.mode, []).append(each.cell.segment)
    others = [f"the voice of {span(in_order(found))} waits to be heard in {mode}" for mode, found in voices.items()]
    others += [f"{_waits(ask.offer)} in {ask.mode}" for ask in waiting]
    produce = f"ninja produce {episode}" + (f" --mode {mode}" if mode else "")
    otherwise = "ninja approve lists all that waits" if no else produce
    return ContentError(
        what,
        why="; ".join(others) or "it was approved or declined, or no run asked for it",
        hint=", or ".join(_commands(waiting, doubts, no=no)) or otherwise,
    )


def _approved_before(asks: Sequence[Ask]) -> ContentError:
    """What is told where a price was approved before, and no run has bought by it yet."""
    offers = [ask.offer for ask in asks]
    first, price = offers[0], usd(sum(offer.usd for offer in offers))
    again = f"`ninja produce {first.episode} --mode {first.mode}`, with --retake what was to be made anew"
    if first.compared:
        named = f"--segment {first.compared} --models {','.join(first.models)} --mode {first.mode}"
        again = f"`ninja compare {first.episode} {named}`"
    return ContentError(
        f"{price} of {first.episode} was approved before, and no run has bought by it yet",
        hint=f"{again}, does not ask for that price; to take it back: {first.decline}",
    )


def _commands(asks: Sequence[Ask], voices: Sequence[Doubt], *, no: bool) -> list[str]:
    """What says yes to each of these in a shell, or `no`: to all voices of a mode at once."""
    heard: dict[Mode, list[Doubt]] = {}
    for voice in voices:
        heard.setdefault(voice.mode, []).append(voice)
    found = [command_of(each, no=no) for each in heard.values()]
    return list(dict.fromkeys([*found, *(ask.offer.decline if no else ask.offer.command for ask in asks)]))


def _waits(offer: Offer) -> str:
    what = f"a comparison by {offer.compared}" if offer.compared else f"the price of {span(offer.segments)}"
    return f"{what} waits for {usd(offer.usd)}"
