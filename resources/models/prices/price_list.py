"""The price list: what a unit of an endpoint costs, from which day and by which source.

List prices are for estimates; what is billed is counted in the platform's own units, whose prices stand beside them.
Later ones win: the project's `prices.toml`, then a person's own file (the same form), then what was taken from the
platform's pricing API. The API is called, and what is taken from it is kept, elsewhere.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

from pydantic import TypeAdapter, ValidationError

from resources.core.errors import ContentError
from resources.core.files import read_regular
from resources.core.text.diagnostics import Mistakes, explain, nearest, shown_path
from resources.core.values import Value
from resources.models.prices.offers import Known, Taken, contradiction, near, offers_of, same_unit, taken
from resources.models.prices.price_values import Estimate, PlatformPrice, Price

_MOST_BYTES = 4_000_000
SHIPPED = Path(__file__).with_name("prices.toml")
FILE: Final = "prices.toml"  # a person's own, beside show.yaml
_WHERE: Final = f"{FILE} beside show.yaml"


class PriceSheet(Value):
    """Some prices: list prices, and those of the platform's own units. A price file is one."""

    price: tuple[Price, ...] = ()
    platform: tuple[PlatformPrice, ...] = ()


class Refresh(Value):
    """What an answer of the pricing API did to the list, by endpoint. `taken` is what is new in it, to be kept."""

    taken: PriceSheet
    changed: tuple[str, ...]
    confirmed: tuple[str, ...]
    learned: tuple[str, ...]  # the price of its own unit was not known before
    refused: dict[str, str]  # endpoint -> why its answer was not taken


class PriceList:
    """Prices by endpoint and variant, and the platform's unit price by endpoint."""

    def __init__(self, prices: Iterable[Price], platform: Iterable[PlatformPrice] = ()) -> None:
        self._prices: dict[str, dict[str | None, Price]] = {}
        for price in prices:
            self._prices.setdefault(price.endpoint, {})[price.variant] = price
        self._platform = {price.endpoint: price for price in platform}

    @classmethod
    def load(cls, own: Path | None = None, taken: PriceSheet | None = None) -> Self:
        """The shipped list with a person's `own` file over it, which may be absent, and over both what was `taken`.

        Raises ContentError naming the file for one that cannot be read.
        """
        sheets = [_shipped(), *([read_sheet(own)] if own is not None and own.exists() else []), *filter(None, [taken])]
        return cls(
            (price for sheet in sheets for price in sheet.price),
            (price for sheet in sheets for price in sheet.platform),
        )

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Every endpoint with a price, sorted."""
        return tuple(sorted(self._prices))

    def price(self, endpoint: str, variant: str | None = None) -> Price:
        """The price of an endpoint. An endpoint with one price for all ignores `variant`.

        Raises ContentError with the lines to add for an unknown endpoint, and with the choices where the price
        depends on a variant that was not named or is not known.
        """
        known = {name: price for name, price in self._prices.get(endpoint, {}).items() if not price.adds}
        if not known:
            raise ContentError(
                f"no price is known for {endpoint}: it is not bought",
                hint=f"add its price to {_WHERE}:\n{_lines(endpoint)}",
                code="price-missing",
            )
        price = known.get(variant) or known.get(None)
        if price is None:
            raise ContentError(
                f"the price of {endpoint} depends on a variant"
                + (f", and {variant} is none of them" if variant else ""),
                why=f"known: {', '.join(sorted(str(name) for name in known))}",
                hint=f"name one of them, or add it to {_WHERE}:\n{_lines(endpoint, variant or '…')}",
                code="price-missing",
            )
        return price

    def addition(self, endpoint: str, name: str) -> Price:
        """What an extra (a web search) adds to each unit. Raises ContentError with the lines to add."""
        found = self._prices.get(endpoint, {}).get(name)
        if found is None or not found.adds:
            raise ContentError(
                f"no price is known for {name} of {endpoint}: it is not bought",
                hint=f"leave it out, or add what it costs to {_WHERE}:\n{_lines(endpoint, name)}\nadds = true",
            )
        return found

    def platform(self, endpoint: str) -> PlatformPrice | None:
        """The price of the unit that the platform bills an endpoint in; None where it is not known."""
        return self._platform.get(endpoint)

    def estimate(self, endpoint: str, units: float, variant: str | None = None, added: Iterable[str] = ()) -> Estimate:
        """What `units` (of the price's own unit) would cost, to the millionth of a dollar.

        Raises as `price` and `addition`.
        """
        price, platform = self.price(endpoint, variant), self.platform(endpoint)
        unit_usd = round(price.unit_usd + sum(self.addition(endpoint, name).unit_usd for name in added), 6)
        return Estimate(
            usd=round(units * unit_usd, 6),
            unit=price.unit.value,
            units=units,
            unit_price_usd=unit_usd,
            price_date=price.date,
            platform_unit=platform and platform.unit,
            platform_unit_usd=platform and platform.unit_usd,
        )

    def prices(self) -> list[Price]:
        """Every list price, by endpoint and variant."""
        return [
            self._prices[endpoint][variant]
            for endpoint in self.endpoints
            for variant in sorted(self._prices[endpoint], key=str)
        ]

    def platform_prices(self) -> list[PlatformPrice]:
        """Every price of a platform's unit, by endpoint."""
        return [self._platform[endpoint] for endpoint in sorted(self._platform)]

    def contradiction(self, offer: PlatformPrice) -> str | None:
        """How the platform's price of today differs, by more than 5 %, from what is known; None where it does not."""
        return contradiction(offer, self._known(offer.endpoint))

    def refreshed(
        self, answer: Mapping[str, Any], today: date, *, other_units: bool = False
    ) -> tuple["PriceList", Refresh]:
        """Take an answer of the pricing API (see `offers_of`): the list with it, and what it did.

        List prices move in step with the platform's unit price. A price for another unit than is known, at another
        price, is refused unless `other_units`: no list price can be told from it. Raises StudioError for an odd answer.
        """
        offers, refused = offers_of(answer, today)
        new: list[Price] = []
        platform: list[PlatformPrice] = []
        became: dict[str, list[str]] = {"changed": [], "confirmed": [], "learned": []}
        for offer in offers:
            known = self._known(offer.endpoint)
            if known.platform is not None and not other_units and _other_unit(offer, known.platform):
                refused[offer.endpoint] = (
                    f"its unit is {offer.unit}; the list has {known.platform.unit}: "
                    f"`ninja prices accept {offer.endpoint}` takes it"
                )
                continue
            made = taken(offer, known)
            platform.append(made.platform)
            new += made.prices
            became[_became(made, known)].append(offer.endpoint)
        report = Refresh(
            taken=PriceSheet(price=tuple(new), platform=tuple(platform)),
            **{name: tuple(sorted(endpoints)) for name, endpoints in became.items()},
            refused=refused,
        )
        return PriceList([*self.prices(), *new], [*self.platform_prices(), *platform]), report

    def _known(self, endpoint: str) -> Known:
        return Known(tuple(self._prices.get(endpoint, {}).values()), self._platform.get(endpoint))


def _other_unit(offer: PlatformPrice, known: PlatformPrice) -> bool:
    """Whether an offer is for another unit than was known, and at another price: a mere other word has the same."""
    return not same_unit(offer, known) and not near(offer.unit_usd, known.unit_usd)


def _became(made: Taken, known: Known) -> str:
    """What an offer did to an endpoint's prices: changed, confirmed or learned."""
    listed = {price.variant: price.unit_usd for price in known.prices}
    moved = any(listed.get(price.variant) != price.unit_usd for price in made.prices)
    if known.platform is None:
        return "changed" if moved else "learned"
    return "changed" if moved or known.platform.unit_usd != made.platform.unit_usd else "confirmed"


@cache
def _shipped() -> PriceSheet:
    return read_sheet(SHIPPED)


_PRICES = TypeAdapter(tuple[Price, ...])


def read_sheet(path: Path) -> PriceSheet:
    """A price file: TOML, as people write it, or JSON, as earlier versions kept what was taken.

    A JSON file that is a mere list is of a version that knew no platform prices. Raises ContentError naming the file.
    """
    try:
        content = read_regular(path, _MOST_BYTES)
        if path.suffix != ".json":
            return _read_toml(content.decode("utf-8"), path)
        if content.lstrip().startswith(b"["):
            return PriceSheet(price=_PRICES.validate_json(content))
        return PriceSheet.model_validate_json(content)
    except OSError as error:
        raise ContentError(
            "the price list cannot be read", where=f"{shown_path(path)}:1", why=error.strerror, code="file-unreadable"
        ) from error
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        why = explain(error) if isinstance(error, ValidationError) else str(error)
        raise ContentError(
            "the price list cannot be read", where=f"{shown_path(path)}:1", why=why, code="prices-wrong"
        ) from error


def _read_toml(text: str, path: Path) -> PriceSheet:
    """A person's own file: every mistake is told with the line of its entry."""
    value = tomllib.loads(text)
    try:
        return PriceSheet.model_validate(value)
    except ValidationError as error:
        mistakes = Mistakes(shown_path(path), "prices-wrong")
        for detail in error.errors(include_url=False):
            _tell(detail["loc"], detail["type"], detail["msg"], text, mistakes)
        raise mistakes.error() from error


def _tell(place: tuple[int | str, ...], kind: str, message: str, text: str, mistakes: Mistakes) -> None:
    table, number, *rest = (*place, 0, "")[: max(2, len(place))]
    heads = [line for line, written in enumerate(text.splitlines(), 1) if written.strip() == f"[[{table}]]"]
    first = heads[number] if isinstance(number, int) and number < len(heads) else 1
    name = str(rest[-1] if rest else table)
    lines = enumerate(text.splitlines()[first - 1 :], first)
    line = next((at for at, written in lines if written.split("=")[0].strip().strip("[]\"'") == name), first)
    if kind == "extra_forbidden":
        known = list(
            PriceSheet.model_fields if not rest else (Price if table == "price" else PlatformPrice).model_fields
        )
        mistakes.add(line, f"there is no key {name!r}", hint=f"{nearest(name, known)}known here: {', '.join(known)}")
    else:
        mistakes.add(line, f"{name}: {message[:1].lower()}{message[1:]}")


def _lines(endpoint: str, variant: str | None = None) -> str:
    named = f'variant = "{variant}"\n' if variant else ""
    return (
        f'[[price]]\nendpoint = "{endpoint}"\n{named}unit = "second"\nunit_usd = 0.00\ndate = {date.today()}\n'
        f'source = "https://fal.ai/models/{endpoint}"'
    )
