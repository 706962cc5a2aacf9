"""A small show, changed by a few words, and what is found of an episode of it."""

from pathlib import Path

from resources.models.loading import load_show, parse_script
from resources.quality.lint import lint_script
from tests.resources.quality.lint.test_script_rules import DEFAULTS, SHOW, portrait

EPISODE = "NINJA: Hello there, all.\nGLITCH: Hello, Ninja.\n"


def found(folder: Path, *changes: tuple[str, str], more: str = "", episode: str = EPISODE) -> list[tuple[str, str]]:
    """Each finding's rule and place, of the plain show with `changes` (what is written, what stands in its place)."""
    text = SHOW.format(**DEFAULTS) + more
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "show.yaml").write_text(text, encoding="utf-8")
    for name in ("ninja", "glitch"):
        (folder / f"{name}.png").write_bytes(portrait((1080, 960)))
    show = load_show(folder)
    findings = lint_script(show, parse_script(episode, episode="day", show=show, where="day.md"), folder)
    return [(finding.rule, finding.where.rsplit("/", 1)[-1]) for finding in findings]
