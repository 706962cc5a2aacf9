"""A person's word to what a show's runs wait for: a price, or a voice that is not as its line is likely to be said.

`approve` is the same for the shell and the desk: it writes down what was said, and says which runs then go on. A shell
launches those in its own process (`ninja_assets.runs.production.go_on`), the desk through Dagster, each with what
`ninja_assets.runs.launches.launch_again` gives.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from resources.content.show import Show
from resources.core.errors import ContentError
from resources.core.names import Mode, check_episode, segment_number, span
from resources.core.settings import Settings
from resources.purchasing.books import find_state, open_state
from resources.purchasing.requests.quotes import usd
from resources.purchasing.state.approvals import Approvals, Ask, Doubt
from resources.purchasing.state.consent import Offer, asks


@dataclass(frozen=True)
class Approved:
    """What a person has said yes to, and the root runs that go on with it."""

    mode: Mode
    offers: Sequence[Offer]
    voices: Sequence[Doubt]
    root_runs: Sequence[str]


def waits_of(settings: Settings, show: Show, episode: str, mode: Mode | None = None) -> tuple[list[Ask], list[Doubt]]:
    """The prices and the voices of an episode that wait for a person's word."""
    state = find_state(settings, show)
    if state is None:
        return [], []
    with state:
        approvals = Approvals.of(state)
        return approvals.waiting(episode, mode), approvals.doubts(episode, mode)


def approve(
    settings: Settings,
    show: Show,
    episode: str,
    *,
    segments: Sequence[str] = (),
    mode: Mode | None = None,
    shown: Collection[str] | None = None,
) -> Approved:
    """Approve the price that an episode waits for; with `segments`, accept their voices as they are, and no price.

    Without `mode`, of the one mode in which something waits. `shown` is what a page showed: the offers by their marks,
    or the voices by their content. Raises ContentError where nothing waits, and where it is not what was shown.
    """
    check_episode(episode)
    state = find_state(settings, show)
    if state is None:
        raise _nothing(f"nothing of {episode} waits for approval", [], episode)
    with state:
        approvals = Approvals.of(state)
        doubts = approvals.doubts(episode, mode)
        asks = [] if segments else approvals.waiting(episode, mode)
        voices = _voices(episode, segments, doubts)
        if not asks and not voices:
            raise _nothing(f"nothing of {episode} waits for approval", doubts, episode)
        modes = sorted({ask.offer.mode for ask in asks} | {voice.mode for voice in voices})
        if len(modes) > 1:
            raise ContentError(
                f"{episode} waits in {' and in '.join(modes)}", hint=f"ninja approve {episode} --mode {modes[0]}"
            )
        if shown is not None:
            _check_shown(shown, asks, voices)
        if not (approvals.approve(asks) and approvals.accept(voices)):
            raise _nothing(f"nothing of {episode} waits for approval any more", doubts, episode)
    roots = dict.fromkeys([*(ask.root_run for ask in asks), *(voice.root_run for voice in voices)])
    return Approved(modes[0], [ask.offer for ask in asks], voices, list(roots))


def agree(settings: Settings, show: Show, offer: Offer) -> None:
    """Write down that a person said yes to an exact price before its run begins, if the run would ask for it."""
    if asks(show.approval, offer.mode, offer.usd, terminal=False):
        with open_state(settings, show) as state:
            Approvals.of(state).agree(offer)


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
    missing = sorted({*segments} - {each.cell.segment for each in found}, key=segment_number)
    if missing:
        raise _nothing(f"no voice of {span(missing)} of {episode} waits to be heard", doubts, episode)
    return found


def _nothing(what: str, doubts: Sequence[Doubt], episode: str) -> ContentError:
    waits = sorted({each.cell.segment for each in doubts}, key=segment_number)
    return ContentError(
        what,
        why=f"the voice of {span(waits)} waits to be heard" if waits else "it was approved, or no run asked for it",
        hint=f"ninja approve {episode} --segments {','.join(waits)}" if waits else f"ninja produce {episode}",
    )
