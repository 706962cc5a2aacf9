"""The templates of all pages: those that are files to be sent to somebody, and those that the desk serves.

What came from a person is escaped wherever it is put (Jinja2's autoescape); a name that a template does not know is an
error. A page fetches nothing from elsewhere. How a page looks and acts is `templates/page.css` and `page.js`.
"""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from resources.deliver.description import clock
from resources.media.typography.colours import legible
from resources.models.prices.price_values import usd

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES: Final = Path(__file__).with_name("templates")
_CARD: Final = "#141835"  # what pages write on, as `page.css` has it
_PICTURE: Final = re.compile(r"\.(png|jpe?g|webp)$")


@cache
def pages(*folders: Path) -> "Environment":
    """The templates of these folders, and behind them the shared ones."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415  (a run that waits needs none)

    places = (*folders, TEMPLATES)
    found = Environment(
        loader=FileSystemLoader(places),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"clock": clock, "lit": lit, "usd": usd}
    found.tests["picture"] = lambda path: _PICTURE.search(path) is not None
    found.globals["text"] = lambda name: Markup(text_of(name))  # noqa: S704  (our own file)
    return found


def lit(color: str) -> str:
    """A character's colour as it is seen on a page: black would not be."""
    return legible(color, _CARD)


def text_of(name: str) -> str:
    """A style or script that pages share, by its file's name."""
    return (TEMPLATES / name).read_text(encoding="utf-8")
