"""Opens what paid modes stand on: the ledger, the price list, the models, and where a mode buys. No key is needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from resources.content.show import CAPS_HINT, ModeModels, Show
from resources.core.errors import ContentError, LedgerError
from resources.core.library import Library
from resources.core.names import SHOW_FILE, Mode
from resources.core.progress import LOGGER
from resources.core.settings import Settings
from resources.core.text.diagnostics import shown_path
from resources.models.prices import FILE as PRICES_FILE
from resources.models.prices import PriceList
from resources.purchasing.ledger import Ledger
from resources.purchasing.ledger.tables.store import Store, shown_address
from resources.purchasing.requests.takes import Takes
from resources.purchasing.spool import Spool
from resources.purchasing.state.approvals import Approvals, Ask, Doubt
from resources.purchasing.state.archived import Archive
from resources.purchasing.state.copies import is_damaged, set_aside
from resources.purchasing.state.place import is_own, make_own_folder, refuse_network_folder, sqlite_file
from resources.purchasing.state.receipts import Rebuilt, leave_receipts, rebuild, refuse_contradiction
from resources.purchasing.state.state import ShowState
from resources.purchasing.state.takeover.claims import Claimed, claim
from resources.purchasing.state.takeover.old_ledger import old_ledgers
from resources.purchasing.state.takeover.takeover import take_over
from resources.purchasing.taken_prices import TakenPrices, earlier_prices, take_over_prices

if TYPE_CHECKING:
    from resources.content.segments import Script
    from resources.purchasing.requests.market import Market
    from resources.purchasing.requests.segment_requests import RequestContext


def paid_models(show: Show, settings: Settings) -> ModeModels:
    """The models of a paid mode. ContentError, with the lines to add, for a show without models or caps."""
    from resources.models.casting import needed_models  # noqa: PLC0415  (who only reads the ledger chooses no model)

    where = settings.show / SHOW_FILE
    if show.caps is None:
        raise ContentError(
            f"{settings.mode} mode needs caps: the most that may be spent",
            where=shown_path(where),
            hint=CAPS_HINT,
            code="caps-missing",
        )
    return needed_models(show, settings.mode, where)


def open_state(settings: Settings, show: Show) -> ShowState:
    """The show's state; what earlier versions left is taken over into it, once.

    Raises LedgerError for a database on a network folder, and for what cannot be taken over: a rehearsal, which buys
    nothing, warns of that instead.
    """
    file = sqlite_file(settings.ledger_url)
    if file is not None:
        refuse_network_folder(file)
    if is_own(settings):
        make_own_folder(settings)
    state = ShowState(Store(settings.ledger_url, settings.patience), show.id)
    try:
        take_over(state, settings, show.slots)
        take_over_prices(state, settings)
    except LedgerError as error:
        if settings.mode.paid:
            state.close()
            raise
        LOGGER.warning("%s", error)
    return state


def claim_rows(settings: Settings, show: Show, owner: str) -> Claimed:
    """Make what the show `owner` has this one's, as `claim`, and raises as that."""
    with ShowState(Store(settings.ledger_url, settings.patience), show.id) as state:
        return claim(state, settings, owner)


def claim_nothing(settings: Settings, show: Show) -> None:
    """Let this show begin beside the others of its database, whose rows stay theirs. Raises as `take_over`."""
    with ShowState(Store(settings.ledger_url, settings.patience), show.id) as state:
        take_over(state, settings, show.slots, apart=True)


def find_state(settings: Settings, show: Show) -> ShowState | None:
    """The show's state, to be read; None where there is none yet, neither of this version nor of an earlier one."""
    file = sqlite_file(settings.ledger_url)
    earlier = old_ledgers(settings) or earlier_prices(settings)
    if file is not None and not file.exists() and not earlier:
        return None
    return open_state(settings, show)


def archived_episodes(settings: Settings, show: Show) -> frozenset[str]:
    """The episodes of a show that are archived. Raises LedgerError as `open_state`."""
    state = find_state(settings, show)
    if state is None:
        return frozenset()
    with state:
        return Archive(state).episodes()


def refuse_archived(settings: Settings, show: Show, episode: str) -> None:
    """Raise ContentError where an episode is archived."""
    state = find_state(settings, show)
    if state is not None:
        with state:
            Archive(state).refuse(episode)


def approved_of(settings: Settings, show: Show) -> list[Ask]:
    """The prices of a show that a person has approved and no run has bought by yet; none of an archived episode."""
    state = find_state(settings, show)
    if state is None:
        return []
    with state:
        return approved_in(state)


def approved_in(state: ShowState, episode: str | None = None, mode: Mode | None = None) -> list[Ask]:
    """`approved_of` a state that is open: of an episode, or of the whole show."""
    away = Archive(state).episodes()
    return [ask for ask in Approvals.of(state).agreed(episode, mode) if ask.offer.episode not in away]


def waits_of(
    settings: Settings, show: Show, episode: str | None = None, mode: Mode | None = None
) -> tuple[list[Ask], list[Doubt]]:
    """The prices and the voices that wait for a person's word: of an episode, or of the whole show.

    No voice of an archived episode does; one of which a price waits cannot be archived.
    """
    state = find_state(settings, show)
    if state is None:
        return [], []
    with state:
        approvals, away = Approvals.of(state), Archive(state).episodes()
        voices = [doubt for doubt in approvals.doubts(episode, mode) if doubt.cell.episode not in away]
        return approvals.waiting(episode, mode), voices


def open_ledger(settings: Settings, show: Show, state: ShowState | None = None) -> Ledger:
    """The ledger of paid requests, in the state's database, told what was kept while it was away.

    Its days are those of the show's schedule. Raises LedgerError, in a paid mode, where the library has receipts of
    purchases that it does not know.
    """
    opened = state or open_state(settings, show)
    ledger, library = _ledger(opened, show), Library.of(settings)
    with _closed_if_refused(ledger):
        Spool(library).replay(ledger)
        if settings.mode.paid:
            leave_receipts(opened.store, library)
            refuse_contradiction(opened.store, library, show.id)
    return ledger


@contextmanager
def _closed_if_refused(ledger: Ledger | None) -> Iterator[None]:
    """Leave no ledger open that nobody is handed."""
    try:
        yield
    except BaseException:
        if ledger is not None:
            ledger.close()
        raise


def _ledger(state: ShowState, show: Show) -> Ledger:
    return Ledger(state.store, show=show.id, caps=show.caps, zone=ZoneInfo(show.schedule.timezone))


def open_market(
    settings: Settings, show: Show, library: Library, ledger: Ledger, prices: "PriceList | None" = None
) -> "Market":
    """Where a paid mode buys, at `prices` where they are given. No key is needed. Raises as `paid_models`."""
    # Who only reads the ledger needs neither ffmpeg's libraries nor what measures pictures.
    from resources.models.portraits import Portraits  # noqa: PLC0415
    from resources.models.prompts.book import load_book  # noqa: PLC0415
    from resources.purchasing.requests.market import Market  # noqa: PLC0415

    taken = TakenPrices(ShowState.of(ledger))
    return Market(
        ledger=ledger,
        library=library,
        prices=prices or PriceList.load(settings.show / PRICES_FILE, taken.sheet()),
        models=paid_models(show, settings),
        book=load_book(settings.show),
        portraits=Portraits(library, settings.show),
    )


def open_context(
    settings: Settings, show: Show, script: "Script", library: Library, ledger: Ledger
) -> "RequestContext":
    """An episode as its requests are built from in a paid mode. No key is needed. Raises as `paid_models`."""
    from resources.purchasing.requests.segment_requests import RequestContext  # noqa: PLC0415  (as above)

    market = open_market(settings, show, library, ledger)
    takes = Takes(ShowState.of(ledger), settings.mode)
    return RequestContext(show, settings.show, script, settings.mode, takes, market)


def find_ledger(settings: Settings, show: Show) -> Ledger | None:
    """The ledger to be read, and to be told things by a person; None where there is none yet."""
    state = find_state(settings, show)
    if state is None:
        return None
    ledger = _ledger(state, show)
    with _closed_if_refused(ledger):
        Spool(Library.of(settings)).replay(ledger)
    return ledger


def held_ledger(settings: Settings, show: Show) -> Ledger | None:
    """The ledger as `find_ledger` finds it, which knows all that the library has receipts of. Else LedgerError."""
    ledger, library = find_ledger(settings, show), Library.of(settings)
    with _closed_if_refused(ledger):
        where = shown_address(settings.ledger_url)
        refuse_contradiction(ledger.store if ledger else None, library, show.id, where=where)
    return ledger


def rebuild_ledger(settings: Settings, show: Show) -> tuple[Rebuilt, Path | None]:
    """Make the ledger know all that the library has receipts of; returns what was brought, and where a damaged one is.

    Raises LedgerError as `open_state`.
    """
    file = sqlite_file(settings.ledger_url)
    aside = set_aside(file) if file is not None and is_damaged(file) else None
    with open_state(settings, show) as state:
        return rebuild(state.store, Library.of(settings)), aside
