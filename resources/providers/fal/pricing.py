"""The platform's pricing API: bringing the price list up to date, and a look before the first purchase of an hour.

The list itself, and what an answer means for it, is `resources.models.prices`. Nothing is bought here.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from pydantic import AwareDatetime

from resources.core.errors import StudioError
from resources.core.library import Library, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Value
from resources.failures import Failure, Kind
from resources.models import catalogue
from resources.models.prices import PlatformPrice, PriceList, PriceSheet, Refresh
from resources.models.prices.offers import items_of, offers_of
from resources.providers.fal.wire.client import FalClient

LOG = logging.getLogger("ninja.fal")
Keep = Callable[[PriceSheet], None]  # what keeps prices that were taken, for everybody who buys for the show

_PATH: Final = "models/pricing"
_AT_ONCE: Final = 50  # the most endpoints of one question
_VOICES: Final = "elevenlabs/"  # endpoints of the list that fal does not sell
_FRESH: Final = timedelta(hours=1)  # since a look
_PAUSES: Final = 6  # times that a refresh waits for the API, which refuses after about ten quick calls
_PAUSE_SECONDS: Final = 10.0  # where its answer does not say how long
_LONGEST_SECONDS: Final = 120.0


def refresh(
    client: FalClient,
    prices: PriceList,
    keep: Keep,
    *,
    today: date,
    endpoints: Collection[str] = (),
    other_units: bool = False,
    pause: Callable[[float], None] = time.sleep,
) -> tuple[PriceList, Refresh]:
    """Ask for prices and `keep` what is taken: for `endpoints`, or all of the catalogue and the list.

    An endpoint that the platform does not know is in the report's `refused`. `other_units` takes a price for another
    unit than was known, too. Waits with `pause` when the API wants it. Raises StudioError without an answer.
    """
    asked = sorted(endpoints or fal_endpoints(prices))
    known, unknown = _answers(client, asked, pause)
    updated, report = prices.refreshed({"prices": known}, today, other_units=other_units)
    keep(report.taken)
    gone = dict.fromkeys(unknown, "the platform does not know this endpoint")
    return updated, report.model_copy(update={"refused": {**report.refused, **gone}})


def fal_endpoints(prices: PriceList) -> set[str]:
    """Every endpoint of fal.ai that the catalogue or the list knows."""
    listed = {endpoint for endpoint in prices.endpoints if not endpoint.startswith(_VOICES)}
    return listed | {endpoint.id for endpoint in catalogue.all()}


class _Looked(Value):
    """That an endpoint's price was looked at, and was as the list has it."""

    endpoint: str
    at: AwareDatetime


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class PriceWatch:
    """The look at the prices of the endpoints that a run buys from, before the first purchase of an hour.

    A price that differs from the list by more than 5 % stops the purchase until a person takes it; one that moved less,
    or was not known, is taken. Where the API does not answer the run goes on, and says so. What was looked at is
    remembered in the library for an hour, over all processes: a run may wait for a person as long as it likes. Safe
    for threads.
    """

    client: FalClient
    prices: PriceList
    keep: Keep
    library: Library
    today: Callable[[], date] = date.today
    clock: Callable[[], datetime] = _now
    _expected: set[str] = field(default_factory=set)
    _unseen: dict[str, str] = field(default_factory=dict)  # endpoint -> why its price could not be looked at
    _wrong: dict[str, str] = field(default_factory=dict)  # endpoint -> how its price differs
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, endpoints: Iterable[str]) -> None:
        """Endpoints that the run may buy from: looked at together, before whatever is bought first."""
        with self._lock:
            self._expected |= set(endpoints)

    def before(self, endpoint: str | None = None) -> str | None:
        """Call right before a purchase: of `endpoint`, or, with None, of a voice, for all that is expected after it.

        Returns why a price could not be looked at, None when all is well. Raises StudioError that names the command
        which takes the new price.
        """
        with self._lock:
            concerned = {endpoint} if endpoint else set(self._expected)
            self._look(self._expected | concerned)
            wrong = {name: why for name, why in self._wrong.items() if name in concerned}
            if wrong:
                raise _refusal(wrong)
            return next((self._unseen[name] for name in sorted(concerned) if name in self._unseen), None)

    def platform(self, endpoint: str) -> PlatformPrice | None:
        """The platform's price of its own unit, as far as it is known by now."""
        with self._lock:
            return self.prices.platform(endpoint)

    def _look(self, endpoints: Collection[str]) -> None:
        today = self.today()
        new = sorted(name for name in endpoints if name not in self._unseen and name not in self._wrong)
        new = [name for name in new if not self._is_fresh(name)]
        if not new:
            return
        try:
            answers, unknown = _answers(self.client, new)
            offers, refused = offers_of({"prices": answers}, today)
        except StudioError as error:
            self._cannot_see(new, f"{error.what}: {error.why}" if error.why else error.what)
            return
        self._cannot_see(unknown, "the platform does not know this endpoint")
        for name, why in refused.items():
            self._cannot_see([name], why)
        self._cannot_see(set(new) - {offer.endpoint for offer in offers} - set(unknown) - set(refused), "no answer")
        taken = []
        for offer in offers:
            differs = self.prices.contradiction(offer)
            if differs is None:
                taken.append(offer.endpoint)
            else:
                self._wrong[offer.endpoint] = differs
        agreed = [item for item in answers if item.get("endpoint_id") in taken]
        self.prices, report = self.prices.refreshed({"prices": agreed}, today, other_units=True)
        self.keep(report.taken)
        for name in taken:
            self.library.remember(self._key(name), _Looked(endpoint=name, at=self.clock()))

    def _is_fresh(self, endpoint: str) -> bool:
        looked = self.library.recall(self._key(endpoint), _Looked)
        return looked is not None and abs(self.clock() - looked.at) < _FRESH  # a clock may have been set back since

    def _cannot_see(self, endpoints: Iterable[str], why: str) -> None:
        for name in endpoints:
            LOG.warning("the price of %s could not be looked at: %s", name, why)
            self._unseen[name] = f"its price was not looked at: {why}"

    def _key(self, endpoint: str) -> str:
        known = self.prices.platform(endpoint)
        price = known.unit_usd if known else None
        return recipe_key(Recipe.PRICE_LOOKED_AT, endpoint=endpoint, price=price, at=self.client.base_url)


def _refusal(wrong: dict[str, str]) -> StudioError:
    reasons = "; ".join(f"{endpoint}: {why}" for endpoint, why in sorted(wrong.items()))
    return StudioError(
        f"fal.ai asks another price than was agreed for {', '.join(sorted(wrong))}: nothing was sent",
        why=reasons,
        hint=f"`ninja prices accept {' '.join(sorted(wrong))}` takes the new price; then run again",
    )


def _answers(
    client: FalClient, endpoints: Sequence[str], pause: Callable[[float], None] | None = None
) -> tuple[list[Any], list[str]]:
    """The items of the API's answers, and the endpoints that it does not know. Raises StudioError.

    `pause` waits when the API has had enough of questions; without it that is an error.
    """
    known: list[Any] = []
    unknown: list[str] = []
    for first in range(0, len(endpoints), _AT_ONCE):
        _ask(client, endpoints[first : first + _AT_ONCE], known, unknown, pause)
    return known, unknown


def _ask(
    client: FalClient,
    endpoints: Sequence[str],
    known: list[Any],
    unknown: list[str],
    pause: Callable[[float], None] | None,
) -> None:
    """One endpoint that is not known spoils the whole answer: then each half is asked for by itself."""
    answer = _answer(client, endpoints, pause)
    if not isinstance(answer, Failure):
        known += items_of(answer)
    elif answer.kind is not Kind.NO_ENDPOINT:
        raise answer.error(f"fal.ai {_PATH}")
    elif len(endpoints) == 1:
        unknown += endpoints
    else:
        middle = len(endpoints) // 2
        _ask(client, endpoints[:middle], known, unknown, pause)
        _ask(client, endpoints[middle:], known, unknown, pause)


def _answer(
    client: FalClient, endpoints: Sequence[str], pause: Callable[[float], None] | None
) -> dict[str, Any] | Failure:
    answer = client.answer(_PATH, endpoint_id=",".join(endpoints))
    for _ in range(_PAUSES if pause else 0):
        if not isinstance(answer, Failure) or answer.kind is not Kind.BUSY or pause is None:
            break
        pause(min(answer.retry_after or _PAUSE_SECONDS, _LONGEST_SECONDS))
        answer = client.answer(_PATH, endpoint_id=",".join(endpoints))
    return answer
