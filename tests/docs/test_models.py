"""The generated page of models, and that the written file is it."""

from pathlib import Path

from docs.write import models
from resources.models import catalogue
from resources.models.prices import PriceList

PRICES = PriceList.load()
ROOT = Path(__file__).resolve().parents[2]
WRITTEN = ROOT / "docs" / "models.md"


def test_the_written_page_is_what_the_catalogue_says() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == models.page(PRICES), "run python -m docs.write.models"


def test_the_readme_has_the_table_of_the_catalogue() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert models.table(PRICES) in readme, "run python -m docs.write.models"
    assert models.with_table(readme, PRICES) == readme


def test_the_table_has_a_row_for_each_model() -> None:
    rows = models.table(PRICES).splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == [endpoint.id for endpoint in catalogue.all()]


def test_a_model_is_told_with_its_settings_limits_and_sources() -> None:
    page = models.page(PRICES)
    section = page.split("### OmniHuman v1.5\n")[1].split("### ")[0]
    assert "0 to under 30 s with `resolution` 1080p" in section
    assert "| `resolution` | 1080p, 720p | `1080p` |" in section
    assert "[endpoints.md#generated-types](sources/endpoints.md#generated-types), line 44314" in section
    assert "| `duration` | 3 … 15 | `5` | seconds |" in page
    assert "| `num_images` | whole number from 1 to 4 | `1` |" in page
