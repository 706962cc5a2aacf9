"""`ninja reconcile`: each provider's own list, by the keys of the environment, held against the ledger.

Costs nothing and sends nothing that buys. What is compared, and what becomes of it, is
`resources.purchasing.accounts.reconciler`.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import datetime, timedelta
from typing import Final

from resources.content.script import list_episodes
from resources.content.show import Show
from resources.core.errors import ContentError, StudioError
from resources.core.library import Library
from resources.core.names import TTS_AUDIO, Mode
from resources.core.settings import ELEVENLABS_KEYS, FAL_KEYS, Settings
from resources.failures import Provider
from resources.models.loading import load_script
from resources.purchasing.accounts.reconciler import Listed, Reconciliation, Statement, reconcile
from resources.purchasing.books import open_context
from resources.purchasing.ledger import Ledger, Purchase
from resources.purchasing.requests.segment_kinds import requests_of
from resources.purchasing.state.receipts import leave_receipts

_KEYS: Final = {Provider.FAL: FAL_KEYS, Provider.ELEVENLABS: ELEVENLABS_KEYS}


def reconcile_books(
    settings: Settings,
    show: Show,
    ledger: Ledger,
    *,
    days: int,
    now: datetime,
    correct: bool = False,
    environment: Mapping[str, str] = os.environ,
) -> Reconciliation:
    """The books of the last `days`, up to `now`.

    Raises StudioError without any key, without that of a provider of which something was bought in these days, and
    where a provider cannot be asked.
    """
    since = now - timedelta(days=days)
    check_keys(ledger, since, environment)

    def planned(unknown: Collection[Listed]) -> Iterator[Purchase]:
        return _planned(settings, show, ledger, unknown)

    accounts = tuple(
        reconcile(ledger, statement, since=since, until=now, planned=planned, correct=correct)
        for statement in _statements(show, ledger, since, environment)
    )
    leave_receipts(ledger.store, Library.of(settings))  # of what was corrected
    return Reconciliation(since=since, until=now, accounts=accounts)


def _keys(environment: Mapping[str, str]) -> dict[Provider, bool]:
    return {provider: any(environment.get(name, "").strip() for name in names) for provider, names in _KEYS.items()}


def check_keys(ledger: Ledger | None, since: datetime, environment: Mapping[str, str] = os.environ) -> None:
    """Raise StudioError without any key, and without that of a provider of which a ledger has requests since then."""
    keys = _keys(environment)
    lacking = [provider for provider, there in keys.items() if not there]
    needed = [provider for provider in lacking if ledger is not None and ledger.rows(provider=provider, since=since)]
    if needed or len(lacking) == len(keys):
        raise StudioError(
            f"the books cannot be held against {' and '.join(needed or lacking)}: there is no key",
            hint=f"set {' and '.join(_KEYS[provider][0] for provider in needed or lacking)}, then run "
            "`ninja reconcile` again",
        )


def _statements(show: Show, ledger: Ledger, since: datetime, environment: Mapping[str, str]) -> Iterator[Statement]:
    from resources.providers.elevenlabs.api import ElevenLabsClient  # noqa: PLC0415  (as above)
    from resources.providers.elevenlabs.statement import statement as of_elevenlabs  # noqa: PLC0415
    from resources.providers.fal.statement import statement as of_fal  # noqa: PLC0415
    from resources.providers.fal.wire.client import FalClient, key_from  # noqa: PLC0415

    keys = _keys(environment)
    if keys[Provider.FAL]:
        base = environment.get("FAL_BASE_URL")
        with closing(FalClient.open(key_from(environment), base)) as client:
            yield of_fal(client, _endpoints(show, ledger), since)
    if keys[Provider.ELEVENLABS]:
        voices = ElevenLabsClient.open(environment[ELEVENLABS_KEYS[0]], environment.get("ELEVENLABS_BASE_URL"))
        yield of_elevenlabs(voices, since)


def _endpoints(show: Show, ledger: Ledger) -> list[str]:
    """The endpoints of fal.ai that were ever bought from, and those that the show names."""
    named = [each for models in show.models.values() for each in (models.speaker, models.listener)]
    named += [each.speaking.model for each in show.characters.values() if each.speaking.model]
    return sorted({*ledger.endpoints(Provider.FAL), *(each for each in named if "/" in each)})


def _planned(settings: Settings, show: Show, ledger: Ledger, unknown: Iterable[Listed]) -> Iterator[Purchase]:
    """What the show's episodes would be bought as now: by these, requests are known that no row knows.

    Clips are only asked for where voices do not explain all: their requests need files of the library.
    """
    voices = all(one.endpoint.startswith(Provider.ELEVENLABS) for one in unknown)
    library = Library.of(settings)
    for mode in (mode for mode in Mode if mode in show.models):
        for episode in list_episodes(settings.show):
            with suppress(ContentError):  # a script with a mistake cannot have been bought
                script = load_script(settings.show, show, episode)
                context = open_context(settings.in_mode(mode), show, script, library, ledger)
                for segment in script.segments:
                    asked = requests_of(context, segment)
                    for asset in asked.assets:
                        if (asset == TTS_AUDIO) is voices:
                            yield from (request.purchase for request in asked.requests(asset) or ())
