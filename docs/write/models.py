"""The catalogue as Markdown: `docs/models.md` and the README's table, written by `python -m docs.write.models`.

A test holds what is written to what is generated here, so it is never edited by hand.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from docs.write.markdown import linked, settings_table
from resources.models.catalogue import Endpoint, Kind, MediaLimit, registry
from resources.models.catalogue.wording import TITLES, limit_text, price_text
from resources.models.prices import PriceList

_BEGIN, _END = "<!-- models: written by python -m docs.write.models -->", "<!-- end of models -->"


def table(prices: PriceList) -> str:
    """One row for each model: name, endpoint, price, what it is best for."""
    rows = (f"| {e.name} | `{e.id}` | {price_text(e, prices)} | {e.best_for} |" for e in registry.all())
    return "\n".join(["| model | endpoint | price | best for |", "|---|---|---|---|", *rows])


def page(prices: PriceList) -> str:
    """The whole of `docs/models.md`."""
    kinds = (line for kind in Kind for line in _kind(kind, prices))
    return "\n".join(_intro(prices, kinds)) + "\n"


def _intro(prices: PriceList, kinds: Iterable[str]) -> Iterator[str]:
    yield "# Models"
    yield ""
    yield "Written by `python -m docs.write.models` from the catalogue (`resources/models/families`) and the price list"
    yield "(`resources/models/prices/prices.toml`); do not edit it by hand. `ninja models` shows the same."
    yield ""
    yield "A setting that a model does not have is refused with those that it has. Every default is sent in full;"
    yield "`generate_audio` is off unless asked for, whatever the provider's own default."
    yield ""
    yield table(prices)
    yield from kinds


def _kind(kind: Kind, prices: PriceList) -> Iterator[str]:
    yield ""
    yield f"## {TITLES[kind]}"
    for endpoint in registry.by_kind(kind):
        yield from _endpoint(endpoint, prices)


def _endpoint(endpoint: Endpoint, prices: PriceList) -> Iterator[str]:
    yield ""
    yield f"### {endpoint.name}"
    yield ""
    yield f"`{endpoint.id}`"
    yield ""
    yield endpoint.best_for
    yield ""
    yield f"- price: {price_text(endpoint, prices)}"
    if endpoint.length_of:
        yield f"- length: that of `{endpoint.length_of}`"
    yield f"- resolution: {endpoint.resolution}"
    yield from (f"- {_limit(name, limit)}" for name, limit in endpoint.media.items())
    yield from (f"- source ({fact.what}): {linked(fact.source)}, {fact.on}" for fact in endpoint.facts)
    yield ""
    yield from settings_table(endpoint.arguments)


def _limit(name: str, limit: MediaLimit) -> str:
    advice = f". Best: {limit.advice}" if limit.advice else ""
    return f"`{name}`: {limit_text(limit)}{advice} (source: {linked(limit.source)}, {limit.on})"


def with_table(readme: str, prices: PriceList) -> str:
    """The README with today's table between its marks. Raises ValueError for one without the marks."""
    before, rest = readme.split(_BEGIN)
    _, after = rest.split(_END)
    return f"{before}{_BEGIN}\n{table(prices)}\n{_END}{after}"


def main() -> None:
    """Write `docs/models.md` and the README's table of this project."""
    root, prices = Path(__file__).resolve().parents[2], PriceList.load()
    (root / "docs" / "models.md").write_text(page(prices), encoding="utf-8")
    readme = root / "README.md"
    readme.write_text(with_table(readme.read_text(encoding="utf-8"), prices), encoding="utf-8")


if __name__ == "__main__":
    main()
