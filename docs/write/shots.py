"""Shots as Markdown: `docs/shots.md`, written by `python -m docs.write.shots` from the shots' own settings.

A test holds the written file to what is generated here, and every example on it is read as an episode file would be.
"""

from collections.abc import Iterator
from pathlib import Path

from docs.write.markdown import settings_table
from resources.content.shots import SHOTS

EXAMPLES = {
    "BROLL": (
        "BROLL {seconds: 10, camera: 'low_angle, dolly_in', mood: neon}: A rain-soaked arcade street at "
        "night, holographic posters flickering over closed shutters.",
        "BROLL {image: frames/desk.png, picture: two anchors at a neon desk}: The monitors behind them "
        "light up one by one.",
        "BROLL {style: pixar}:\n"
        "[0:00-0:04] Close-up of the ninja's digital goggles.\n"
        "[0:04-0:09] Medium shot pulling back to the news desk.",
        "BROLL {recipe: drone_fpv, seconds: 5}: an abandoned arcade at dawn",
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


_INTRODUCTION = """
A shot stands in an episode file beside the dialogue: its kind in capitals, its settings in braces on the same line, a
colon, and what is seen. `show/episodes/night-arcade.md` is an episode with shots.

![Frames of a rehearsal](pictures/shots.webp)

**Where it is seen.** A shot is a segment like a turn: it has a cell in Dagster, a cost, a take, and its own retake
(`ninja produce EPISODE --segments s04 --retake`). What it has in the cut is up to its settings:

- Without more it is a segment of its own, as long as its clip, with the clip's own sound or silence.
- `over: true`: it is seen over the turn before it, whose voice and captions go on, until its clip or the turn ends.
  `begins: 2.5` starts it that many seconds into the turn.
- `shown: false`: it is made for other shots, and not seen by itself.
- An `IMAGE` without `seconds` is made for other shots, too. With `seconds` it is a still that slowly comes nearer; with
  `over: true` it may last to the turn's end.

A clip fills the picture: what is too wide or too tall is cut off evenly. Words that a model speaks by itself
(`[Ninja]: …`) have no captions.

**What it is made from.** A setting that takes a picture or a clip names a file of the show's folder
(`frames/desk.png`), the `name` of another shot, or a segment (`s03`: a turn's speaker clip, or a shot). So shots chain:
an `IMAGE` is made, then a `BROLL` or a `MOTION` animates it. Each begins when what it is made from is there. Where a
picture is wanted and a clip is named, it is the clip's first frame; for `start`, the last one. First and last frames
are cut to the episode's shape. What is see-through is laid on a plain dark background.

**Which model.** Without `model`, the decision tree chooses by what the shot has and by its `quality` (without it, the
cheap one in `draft` mode); the cell's metadata says why. [models.md](models.md) has all models. Camera words, moods and
styles are names of `prompts.yaml` or your own words; so are recipes, ready prompts whose subject is your text.

**What it costs.** `ninja quote` has a column for shots, exact once what a shot is made from is bought. A shot is bought
once, by its content: the same words, files and take are found again in every episode. A model without a price is
refused, with the lines for `prices.toml` beside show.yaml. `ninja lint` looks at shots too, and its errors stop a
purchase.

**In rehearsal** a stand-in is drawn on this machine: of the right length and shape, from the pictures and clips
that it is given, with the kind and the prompt over it in each format.
"""


def page() -> str:
    """The whole of `docs/shots.md`."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Shots"
    yield ""
    yield "Written by `python -m docs.write.shots`; do not edit it by hand."
    yield ""
    yield from _INTRODUCTION.strip().splitlines()
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
    yield "What it finds of a shot and of all else is in [findings](findings.md)."


def main() -> None:
    """Write `docs/shots.md` of this project."""
    (Path(__file__).resolve().parents[1] / "shots.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
