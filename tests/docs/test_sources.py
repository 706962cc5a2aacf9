"""Every citation opens: the page and section that it names are in `docs/sources`, and nothing is cited otherwise."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from resources.models import catalogue
from resources.quality.lint.finding import RULES

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "docs" / "sources"
TEXTS = {".css", ".html", ".ini", ".mako", ".md", ".py", ".toml", ".yaml"}
PLACES = ("bench", "deploy", "docs", "ninja_assets", "resources", "show", "tests")
CITATION = re.compile(r"docs/sources/([\w.-]+\.md)(?:#([\w-]+))?")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
ADDRESS = re.compile(r"^[a-z0-9.-]+\.[a-z]{2,}\b")  # fal.ai/models/…: opens where it is

# How facts were cited when nobody could open them.
OLD = re.compile(
    r"""\b(?:[Dd]ocuments?|[Ss]eed)\s00[0-4]\b   # document 000
    | (?<![\d.])00[0-4],\s[A-Z][a-z]+\s[A-Z]     # 002, Camera Control …
    | [\[(]00[0-4][\])]|\[00[0-4]\b
    | \bthe\sdocuments'
    | \b[Ff]acts\s[A-E]\d
    | \bowner's\s(?:documents?|notes,)
    | \[(?:FAL|SRC|RUN|SEED|PLAT|11L|FIELD|INF)\b
    | \b(?:providers|dagster-server|update-2026-\d\d)\.md
    """,
    re.VERBOSE,
)


def texts() -> Iterator[Path]:
    """Every text file that a person wrote, but for this one."""
    yield from (path for path in sorted(ROOT.iterdir()) if path.is_file() and path.suffix in TEXTS)
    yield ROOT / "dagster_home" / "dagster.yaml"
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*")):
            if path.suffix in TEXTS and path != Path(__file__):
                yield path


def sections(page: Path) -> set[str]:
    """The anchors of a Markdown page, as GitHub makes them of its headings."""
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def problem(page: str, section: str | None) -> str | None:
    """Why a citation does not open; None if it does."""
    path = SOURCES / page
    if not path.is_file():
        return f"there is no docs/sources/{page}"
    if section is not None and section not in sections(path):
        return f"docs/sources/{page} has no section {section}"
    return None


def test_every_citation_of_the_tree_opens() -> None:
    found = [
        (f"{path.relative_to(ROOT)}:{number}", problem(*cited))
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for cited in ((match[1], match[2]) for match in CITATION.finditer(line))
    ]
    assert len(found) > 80
    assert [f"{where}: {wrong}" for where, wrong in found if wrong] == []


def test_nothing_is_cited_in_a_way_that_nobody_can_open() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for match in [OLD.search(line)]
        if match
    ]
    assert found == [], "write the fact into docs/sources and cite it as docs/sources/PAGE.md#SECTION"


@pytest.mark.parametrize("page", [path.relative_to(ROOT).as_posix() for path in texts() if path.suffix == ".md"])
def test_every_link_of_a_page_opens(page: str) -> None:
    place = ROOT / page
    for target in LINK.findall(place.read_text(encoding="utf-8")):
        if target.startswith(("http://", "https://")):
            continue
        name, _, section = unquote(target).partition("#")
        path = place.parent / name if name else place
        assert path.exists(), f"{page} links to {target}"
        assert not section or section in sections(path), f"{page} links to {target}"


def test_what_the_catalogue_and_the_rules_name_as_their_source_opens() -> None:
    endpoints = catalogue.all()
    named = [fact.source for endpoint in endpoints for fact in endpoint.facts]
    named += [limit.source for endpoint in endpoints for limit in endpoint.media.values()]
    assert [source for source in named if not CITATION.search(source) and not ADDRESS.match(source)] == []
    named += [rule.source for rule in RULES.values()]
    cited = [(match[1], match[2]) for source in named for match in CITATION.finditer(source)]
    assert [wrong for each in cited if (wrong := problem(*each))] == []
    assert all(section for _, section in cited), "a citation names the section, too"


def test_the_index_lists_every_page_and_no_page_is_left_uncited() -> None:
    pages = {path.name for path in SOURCES.glob("*.md")} - {"README.md"}
    index = (SOURCES / "README.md").read_text(encoding="utf-8")
    assert {target for target in LINK.findall(index) if target.endswith(".md")} == pages
    cited = {
        match[1]
        for path in texts()
        if SOURCES not in path.parents
        for match in CITATION.finditer(path.read_text(encoding="utf-8"))
    }
    assert cited >= pages


@pytest.mark.parametrize(
    "text",
    [
        "so says document 002",
        "(seed 000, images)",
        "[000, Hands]",
        "facts B1",
        "002, Camera Keywords Dictionary",
        "[FAL x]",
    ],
)
def test_an_old_citation_is_seen(text: str) -> None:
    assert OLD.search(text)


@pytest.mark.parametrize("text", ["10.000, As", "1,000 Monkeys", "the facts of an endpoint", "$30,000 Or"])
def test_what_is_no_citation_is_let_through(text: str) -> None:
    assert not OLD.search(text)


def test_a_citation_without_its_section_is_told() -> None:
    assert problem("endpoints.md", "avatar-v2") is None
    assert problem("endpoints.md", "avatar-v9") == "docs/sources/endpoints.md has no section avatar-v9"
    assert problem("nothing.md", None) == "there is no docs/sources/nothing.md"
