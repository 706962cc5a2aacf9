"""The generated page of models, and that the written file is it."""

from pathlib import Path

from resources import catalogue
from resources.catalogue import docs, registry
from resources.prices import PriceList

PRICES = PriceList.load()
ROOT = Path(__file__).resolve().parents[3]
WRITTEN = ROOT / "docs" / "models.md"


def test_the_written_page_is_what_the_catalogue_says() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == docs.page(PRICES), "run python -m resources.catalogue.docs"


def test_the_readme_has_the_table_of_the_catalogue() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert docs.table(PRICES) in readme, "run python -m resources.catalogue.docs"
    assert docs.with_table(readme, PRICES) == readme


def test_the_table_has_a_row_for_each_model() -> None:
    rows = docs.table(PRICES).splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == [endpoint.id for endpoint in catalogue.all()]


def test_prices_are_told_by_variant_and_unit() -> None:
    assert docs.price_text(catalogue.get(registry.I2V_V26_PRO), PRICES) == (
        "$0.07 silent, $0.14 audio, $0.168 voice a second"
    )
    assert docs.price_text(catalogue.get(registry.NANO_2_EDIT), PRICES).endswith(
        "$0.16 4K an image, $0.015 more with web search, $0.002 more with high thinking"
    )
    assert docs.price_text(catalogue.get(registry.EDIT_O3_PRO), PRICES).startswith("not known")


def test_a_model_is_told_with_its_settings_limits_and_sources() -> None:
    page = docs.page(PRICES)
    section = page.split("### OmniHuman v1.5\n")[1].split("### ")[0]
    assert "0 to under 30 s with `resolution` 1080p" in section
    assert "| `resolution` | 1080p, 720p | `1080p` |" in section
    assert "fal-ai/fal-js@381105e" in section
    assert "| `duration` | 3 … 15 | `5` | seconds |" in page
    assert "| `num_images` | whole number from 1 to 4 | `1` |" in page
