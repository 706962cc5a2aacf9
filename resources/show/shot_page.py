"""Shots as Markdown: `docs/shots.md`, written by `python -m resources.show.shot_page` from the shots' own settings.

A test holds the written file to what is generated here, and every example on it is read as an episode file would be.
"""

from collections.abc import Iterator
from pathlib import Path

from resources.catalogue.docs import settings_table
from resources.lint.finding import RULES
from resources.show.shots import SHOTS

EXAMPLES = {
    "BROLL": (
        "BROLL {seconds: 10, camera: 'low_angle, dolly_in', mood: neon}: A rain-soaked arcade street at "
        "night, holographic posters flickering over closed shutters.",
        "BROLL {image: frames/desk.png, picture: two anchors at a neon desk}: The monitors behind them "
        "light up one by one.",
        "BROLL {style: pixar}:\n"
        "[0:00-0:04] Close-up of the ninja's digital goggles.\n"
        "[0:04-0:09] Medium shot pulling back to the news desk.",
        "BROLL {audio: true, seconds: 6}:\n"
        "The news desk, night, slow push in.\n"
        "[Ninja]: Breaking news from the gaming world!",
    ),
    "TRANSITION": (
        "TRANSITION {start: frames/desk.png, end: frames/arena.png}: The camera pushes in and flies "
        "through the monitor into the arena.",
    ),
    "MOTION": (
        "MOTION {image: hero, video: moves/victory.mp4, scene: an esports stage with LED walls}: A ninja"
        " with cyan digital goggles and a dark hood.",
    ),
    "EDIT": (
        "EDIT {clip: s03, keep: 'the ninja, the desk'}: The studio during a thunderstorm, rain on the "
        "windows, lightning outside.",
    ),
    "OMNI": (
        "OMNI {references: {street: frames/street.png, ninja: sheets/ninja.png, glitch: "
        "sheets/glitch.png}, ending: walking into the light}: The woman from @glitch and the man from "
        "@ninja walk side by side through @street.",
    ),
    "IMAGE": (
        "IMAGE {name: hero, style: pixar}: A ninja with cyan digital goggles, full body visible, clear "
        "lighting, neutral pose.",
        "IMAGE {references: {ninja: characters/ninja.png}, resolution: 2K}: A reference sheet of @ninja "
        "from eight angles.",
    ),
}


def page() -> str:
    """The whole of `docs/shots.md`."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Shots"
    yield ""
    yield "Written by `python -m resources.show.shot_page`; do not edit it by hand."
    yield ""
    yield "A shot stands in an episode file beside the dialogue: its kind in capitals, its settings in braces, a colon,"
    yield "and what is seen. It is a segment of its own, or with `over: true` it is seen over the turn before it."
    yield ""
    yield "A file, a segment or another shot can be referred to: `frames/desk.png` in the show's folder, `s03`, or the"
    yield "`name` of a shot, so that one shot is made from another. Without `model`, the decision tree chooses by what"
    yield "the shot has and by its `quality`; docs/models.md has all models. Camera words, moods and styles are names"
    yield "of `prompts.yaml` or your own words."
    for label, kind in SHOTS.items():
        yield ""
        yield f"## {label}"
        yield ""
        yield " ".join((kind.__doc__ or "").split())
        yield ""
        yield "```"
        yield "\n\n".join(EXAMPLES[label])
        yield "```"
        yield ""
        yield from settings_table(kind, without=("kind", "prompt"))
    yield ""
    yield "## What the linter knows"
    yield ""
    yield '`show/prompts.yaml` changes how severe a rule is: `lint: {severity: {vague: "off"}}`. 000, 002 and 003 are'
    yield "the owner's documents; facts are what was measured or documented of the providers."
    yield ""
    yield "| rule | severity | finds | source |"
    yield "|---|---|---|---|"
    yield from (f"| `{rule.id}` | {rule.severity} | {rule.about} | {rule.source} |" for rule in RULES.values())


def main() -> None:
    """Write `docs/shots.md` of this project."""
    (Path(__file__).resolve().parents[2] / "docs" / "shots.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
