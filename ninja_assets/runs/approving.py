"""A person's word to what a show waits for: a price, or a voice that is not as its line is likely to be said.

A price is of an episode's own clips, or of a comparison of models by one of its segments. `approve` is the same for the
shell and the desk: it writes down what was said, and says what then goes on. A shell makes that in its own process
(`ninja_assets.runs.production.go_on`, `ninja_assets.runs.comparison.compare`), the desk through Dagster, with what
`ninja_assets.runs.launches` gives.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import dagster as dg

from ninja_assets.cells.running.launch import WAITS_TAG, declined_tags
from ninja_assets.runs.launches import last_try
from resources.content.show import Show
from resources.core.errors import ContentError
from resources.core.names import Mode, check_episode, in_order, span
from resources.core.settings import Settings
from resources.models.prices.price_values import usd
from resources.purchasing.books import find_state, open_state
from resources.purchasing.state.approvals import Approvals, Ask, Doubt
from resources.purchasing.state.archived import Archive
from resources.purchasing.state.consent import MARKED, Offer, asks


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
) -> Approved:
    """Approve the price that an episode's clips wait for, or with `compared` that of a comparison by this segment.

    With `segments`, accept their voices as they are, and no price. Without `mode`, of the one mode in which something
    waits. `mark` begins that of the offer which is meant: another one is not approved. `shown` is what a page showed:
    the offers by their marks, or the voices by their content. Raises ContentError where nothing waits, and where it is
    not what was shown.
    """
    with _waiting(
        settings, show, episode, segments=segments, compared=compared, mode=mode, mark=mark, shown=shown
    ) as found:
        if not (found.approvals.approve(found.asks) and found.approvals.accept(found.voices)):
            raise _nothing(f"nothing of {episode} waits for approval any more", episode)
    offers, voices = [ask.offer for ask in found.asks], found.voices
    if compared:
        return Approved(found.mode, offers, (), (), comparison=offers[-1])
    roots = dict.fromkeys([*(ask.root_run for ask in found.asks), *(voice.root_run for voice in voices)])
    return Approved(found.mode, offers, voices, list(roots))


def decline(
    settings: Settings,
    show: Show,
    episode: str,
    instance: dg.DagsterInstance,
    *,
    compared: str | None = None,
    mode: Mode | None = None,
    shown: Collection[str] | None = None,
) -> list[Offer]:
    """Say no to the price that an episode's clips wait for, or with `compared` to that of a comparison by this segment.

    Nothing is bought by it and nothing was reserved; what is bought is kept, and the next run asks anew. The runs that
    waited say so in Dagster. `mode` and `shown` as `approve` has them; raises as that.
    """
    with _waiting(settings, show, episode, compared=compared, mode=mode, shown=shown, no=True) as found:
        if not found.approvals.decline(found.asks):
            raise _nothing(f"nothing of {episode} waits for approval any more", episode)
        doubted = {doubt.root_run for doubt in found.approvals.doubts(episode)}
    for root in dict.fromkeys(ask.root_run for ask in found.asks if ask.root_run):
        run = last_try(instance, root)
        if run is not None and run.tags.get(WAITS_TAG):
            price = usd(sum(ask.offer.usd for ask in found.asks if ask.root_run == root))
            instance.add_run_tags(run.run_id, declined_tags(price, waits=root in doubted))
    return [ask.offer for ask in found.asks]


@dataclass(frozen=True)
class _Waiting:
    """What of an episode waits in one mode for the word that is said now."""

    approvals: Approvals
    mode: Mode
    asks: Sequence[Ask]
    voices: Sequence[Doubt]


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
        raise _nothing(f"nothing of {episode} waits for approval", episode)
    with state:
        Archive(state).refuse(episode)
        approvals = Approvals.of(state)
        doubts, waiting = approvals.doubts(episode, mode), approvals.waiting(episode, mode)
        asks = [] if segments else [ask for ask in waiting if ask.offer.compared == compared]
        voices = _voices(episode, segments, doubts)
        if mark is not None and asks:
            asks = [ask for ask in asks if len(mark) >= MARKED and ask.offer.mark.startswith(mark)]
            if not asks:
                raise _nothing(f"what {episode} waits for is another purchase now", episode, waiting)
        if not asks and not voices and shown is not None:
            raise ContentError(
                f"nothing of {episode} waits for approval any more: it was approved or declined meanwhile",
                hint="look at it again",
            )
        if not asks and not voices:
            what = f"no comparison by {compared} of {episode}" if compared else f"nothing of {episode}"
            raise _nothing(f"{what} waits for approval", episode, waiting, doubts)
        commands = {one.mode: one.command for one in voices}
        commands |= {ask.offer.mode: ask.offer.decline if no else ask.offer.command for ask in asks}
        modes = sorted(commands)
        if len(modes) > 1:
            raise ContentError(f"{episode} waits in {' and in '.join(modes)}", hint=commands[modes[0]])
        if shown is not None:
            _check_shown(shown, asks, voices)
        yield _Waiting(approvals, modes[0], asks, voices)


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


def _voices(episode: str, segments: Sequence[str], doubts: Sequence[Doubt]) -> list[Doubt]:
    """The voices of these segments. Raises ContentError for a segment whose voice nobody waits for."""
    found = [each for each in doubts if each.cell.segment in segments]
    missing = in_order({*segments} - {each.cell.segment for each in found})
    if missing:
        raise _nothing(f"no voice of {span(missing)} of {episode} waits to be heard", episode, (), doubts)
    return found


def _nothing(what: str, episode: str, waiting: Sequence[Ask] = (), doubts: Sequence[Doubt] = ()) -> ContentError:
    """What is told instead: what of the episode does wait."""
    voices = in_order(each.cell.segment for each in doubts if each.mode is doubts[0].mode)
    others = [f"the voice of {span(voices)} waits to be heard"] if voices else []
    others += [_waits(ask.offer) for ask in waiting]
    hint = f"ninja produce {episode}"
    if voices:
        hint = f"ninja approve {episode} --mode {doubts[0].mode} --segments {','.join(voices)}"
    elif waiting:
        hint = waiting[0].offer.command
    return ContentError(what, why="; ".join(others) or "it was approved or declined, or no run asked for it", hint=hint)


def _waits(offer: Offer) -> str:
    what = f"a comparison by {offer.compared}" if offer.compared else f"the price of {span(offer.segments)}"
    return f"{what} waits for {usd(offer.usd)}"
