"""Rows of the table: who plays, by which models, and what that may cost."""

from typing import Final

from resources.quality.lint.table.rule import ERROR, WARNING, Ground, Rule

CAST: Final = (
    Rule(
        "voice-missing",
        ERROR,
        "docs/sources/elevenlabs.md#v3",
        "somebody who speaks here has no voice",
        Ground.CAST,
        "Without the id of a voice nobody can be asked for the line. It is told before another's voice is bought.",
    ),
    Rule(
        "voice-setting",
        ERROR,
        "docs/sources/elevenlabs.md#v3",
        "a voice's model refuses a setting",
        Ground.CAST,
        "`eleven_v3` takes a stability of 0, 0.5 or 1 and nothing between.",
    ),
    Rule(
        "language-unknown",
        ERROR,
        "docs/sources/elevenlabs.md#v3",
        "there is no such language",
        Ground.CAST,
        "The voice models take codes of two letters (ISO 639-1): `en`, `de`; `eng` and `english` are refused.",
    ),
    Rule("model-unknown", ERROR, "the catalogue", "a model does not exist or cannot do this", Ground.CAST),
    Rule(
        "models-missing",
        ERROR,
        "docs/show-yaml.md",
        "show.yaml names no models for this mode",
        Ground.CAST,
        "`models: {draft: {speaker: …}}` says what a paid mode buys from.",
    ),
    Rule(
        "price-missing",
        ERROR,
        "the price list",
        "a model has no price",
        Ground.CAST,
        "What has no price is not bought: no cap could hold it. `ninja prices` lists all; add a price to prices.toml "
        "in the show's folder.",
    ),
    Rule(
        "mood-unplayed",
        WARNING,
        "measured",
        "a rehearsal cannot show a mood",
        Ground.CAST,
        "Puppets listen attentively, amused, surprised or doubtful. Another mood is words for the paid models alone.",
    ),
    Rule(
        "broll-late",
        ERROR,
        "measured",
        "a shot begins after its turn has ended",
        Ground.CAST,
        "By the words the turn is over before the shot over it begins: it would be bought and never seen.",
    ),
    Rule(
        "format-short",
        WARNING,
        "docs/sources/platforms.md#limits",
        "an upright video is longer than platforms take",
        Ground.CAST,
        "It is told before it is paid for, by the words: pauses make it longer still.",
    ),
    Rule("turn-long", WARNING, "the catalogue: length of sound", "a turn is longer than its model takes", Ground.CAST),
    Rule("setting-unknown", ERROR, "the catalogue: fal's schema", "the model does not have a setting", Ground.CAST),
    Rule("setting-refused", ERROR, "the catalogue: fal's schema", "the model does not take a value", Ground.CAST),
    Rule(
        "setting-ignored",
        WARNING,
        "docs/sources/endpoints.md#avatar-v2, docs/sources/elevenlabs.md#v3; the catalogue",
        "a setting has no effect",
        Ground.CAST,
    ),
)
MONEY: Final = (
    Rule(
        "caps-missing",
        ERROR,
        "docs/show-yaml.md",
        "show.yaml sets no caps",
        Ground.MONEY,
        "Draft and final buy nothing without the most that may be spent.",
    ),
    Rule(
        "caps-contradict",
        ERROR,
        "docs/show-yaml.md",
        "a smaller thing may cost more than a larger one",
        Ground.MONEY,
        "A segment is part of an episode, an episode of a day, and a day of a month: the larger cap could never be "
        "reached by what the smaller allows.",
    ),
    Rule(
        "caps-broken",
        ERROR,
        "the quote",
        "the quote goes over a cap",
        Ground.MONEY,
        "What this run would buy, with what was spent before, costs more than show.yaml allows. Nothing is bought, "
        "rather than a part that cannot be finished. `ninja quote EPISODE --mode MODE` shows each segment.",
    ),
)
