"""Rows of the table: prompts, which are a matter of taste."""

from typing import Final

from resources.quality.lint.table.rule import ERROR, WARNING, Ground, Rule

_MISTAKES: Final = "docs/sources/avatars.md#mistakes, docs/sources/video.md#mistakes"
_LISTENER: Final = "docs/sources/avatars.md#listener"
PROMPTS: Final = (
    Rule("contradiction", WARNING, _MISTAKES, "two wishes exclude each other", Ground.PROMPTS),
    Rule(
        "motion-described",
        ERROR,
        "docs/sources/video.md#motion-control",
        "motion control is told the motion",
        Ground.PROMPTS,
    ),
    Rule(
        "process-described",
        WARNING,
        "docs/sources/video.md#what-not-how",
        "an edit says the way, not the result",
        Ground.PROMPTS,
    ),
    Rule("mouth-open", ERROR, _LISTENER, "a listener's prompt does not close the mouth", Ground.PROMPTS),
    Rule("mouth-not-excluded", WARNING, _LISTENER, "a listener's negative prompt allows talking", Ground.PROMPTS),
    Rule("prompt-long", WARNING, "docs/sources/video.md#prompt-length", "a prompt has too many words", Ground.PROMPTS),
    Rule("prompt-short", WARNING, "docs/sources/video.md#validation", "a prompt says too little", Ground.PROMPTS),
    Rule(
        "prompt-stuffed", WARNING, "docs/sources/avatars.md#mistakes", "a prompt wants too many things", Ground.PROMPTS
    ),
    Rule("vague", WARNING, _MISTAKES, "a word says nothing to a model", Ground.PROMPTS),
    Rule(
        "hands",
        WARNING,
        "docs/sources/avatars.md#hands",
        "hands are asked for, which come out distorted",
        Ground.PROMPTS,
    ),
    Rule(
        "form-contradicted",
        WARNING,
        "docs/sources/video.md#first-frame, docs/sources/endpoints.md#avatar-v2",
        "prompt and picture differ in form",
        Ground.PROMPTS,
    ),
    Rule(
        "camera-unknown",
        WARNING,
        "docs/sources/video.md#camera",
        "a camera word is not in the vocabulary",
        Ground.PROMPTS,
    ),
    Rule(
        "reference-unused",
        WARNING,
        "docs/sources/avatars.md#omni-reference",
        "a reference is not named",
        Ground.PROMPTS,
    ),
    Rule("ending-missing", WARNING, "docs/sources/avatars.md#ending", "no line holds the last frame", Ground.PROMPTS),
    Rule(
        "mask-omnihuman",
        WARNING,
        "docs/sources/avatars.md#comparison",
        "OmniHuman puts a mouth on a mask",
        Ground.PROMPTS,
    ),
)
