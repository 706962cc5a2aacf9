"""What is wrong with a prompt's words, by what the prompt is for. Pure: text and word lists in, findings out."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from resources.models.catalogue import Kind
from resources.models.prompts import scene
from resources.models.prompts.book import LintBook
from resources.quality.lint.finding import Report

_CUTS = ("cut to", "camera pulls back", "transition to", "then")
_CLAUSES_OF_AN_ASPECT = 3  # a list of three short wishes about one thing is one aspect
_QUOTED = re.compile(r'"[^"\n]*"|“[^”\n]*”')


class Role(StrEnum):
    """What a prompt is for, where that is more than the kind of its model."""

    SPEAKER = "speaker"
    LISTENER = "listener"
    SHOT = "shot"
    PART = "part"  # one of several shots of a clip


@dataclass(frozen=True)
class Prompt:
    """A prompt as it will be sent. `negative` is None where the model has no negative prompt."""

    text: str
    role: Role
    kind: Kind
    where: str
    negative: str | None = None


def check(prompt: Prompt, report: Report) -> None:
    """Every rule about words."""
    lint = report.book.lint
    _contradictions(prompt, lint, report)
    _words(prompt, lint, report)
    if prompt.role is Role.LISTENER:
        _mouth(prompt, lint, report)
    if prompt.kind is Kind.MOTION_CONTROL:
        _motion(prompt, lint, report)
    if prompt.kind is Kind.VIDEO_EDIT:
        _process(prompt, lint, report)
    if prompt.role is Role.SHOT:
        _length(prompt, lint, report)
    if prompt.role in (Role.SPEAKER, Role.LISTENER):
        _aspects(prompt, lint, report)


def found(words: Iterable[str], text: str, harmless: Iterable[str] = ()) -> list[str]:
    """Which of the words stand in a text, whole and whatever their case, in the order of the list.

    Of words that overlap the longest counts. Harmless phrases and what is spoken between quotation marks are not read.
    """
    plain = _QUOTED.sub(" ", text)
    safe = tuple(harmless)
    if safe:
        plain = _any_of(safe).sub(" ", plain)
    wanted = tuple(word for word in words if word)
    there = {match[0].casefold() for match in _any_of(wanted).finditer(plain)} if wanted else set()
    return [word for word in wanted if word.casefold() in there]


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


def aspects(text: str) -> int:
    """How many things a prompt wants: its sentences, a long list in one sentence counting more than once."""
    clauses = [part for part in re.split(r"[.!?;\n]+", text) if part.strip()]
    return sum(
        math.ceil(len([clause for clause in part.split(",") if clause.strip()]) / _CLAUSES_OF_AN_ASPECT)
        for part in clauses
    )


def _contradictions(prompt: Prompt, lint: LintBook, report: Report) -> None:
    changes = bool(found(_CUTS, prompt.text)) or "[0:" in prompt.text
    for name, (one, other) in lint.contradictions.items():
        here, there = found(one, prompt.text, lint.harmless), found(other, prompt.text, lint.harmless)
        if here and there and not changes:
            report.add(
                "contradiction",
                prompt.where,
                f"the prompt wants both {here[0]!r} and {there[0]!r} ({name})",
                "keep one of them, or say when the one becomes the other: `transition to …`",
            )
    if prompt.negative is not None:
        wanted = [term.strip() for term in prompt.negative.split(",") if term.strip()]
        for term in found(wanted, prompt.text):
            report.add(
                "contradiction",
                prompt.where,
                f"the prompt asks for {term!r}, and the negative prompt forbids it",
                "the negative prompt wins: take it out of one of them",
            )


def _words(prompt: Prompt, lint: LintBook, report: Report) -> None:
    for term in found(lint.vague, prompt.text, lint.harmless):
        report.add("vague", prompt.where, f"{term!r} says nothing to a model", f"say instead: {lint.vague[term]}")
    if not found(lint.hands_away, prompt.text):
        for term in found(lint.hands, prompt.text):
            report.add(
                "hands",
                prompt.where,
                f"the prompt asks for hands: {term!r}",
                "leave them out, or write `hands below frame`",
            )
    if prompt.role is not Role.SPEAKER:
        for term in found(lint.see_through, prompt.text):
            report.add(
                "form-contradicted", prompt.where, f"a video is never see-through: {term!r}", "name a background"
            )


def _mouth(prompt: Prompt, lint: LintBook, report: Report) -> None:
    talking = found(lint.talking, prompt.text)
    if not found(lint.mouth_closed, prompt.text):
        report.add(
            "mouth-open",
            prompt.where,
            "a listener's prompt does not close the mouth",
            f"write `{report.book.listener.mouth}` in it",
        )
    if talking:
        report.add(
            "mouth-open", prompt.where, f"a listener's prompt says {talking[0]!r}", f"take {talking[0]!r} out of it"
        )
    if prompt.negative is not None:
        missing = [term for term in report.book.listener.negative if term not in prompt.negative.casefold()]
        if missing:
            report.add(
                "mouth-not-excluded",
                prompt.where,
                f"a listener's negative prompt lacks {', '.join(missing)}",
                f"add `{', '.join(missing)}` to `negative_prompt`",
            )


def _motion(prompt: Prompt, lint: LintBook, report: Report) -> None:
    for word in found(lint.motion_words, prompt.text, lint.motion_harmless):
        report.add(
            "motion-described",
            prompt.where,
            f"{word!r} describes motion, which the reference video says",
            "say who, where and which style; leave the motion to the video",
        )


def _process(prompt: Prompt, lint: LintBook, report: Report) -> None:
    for word in found(lint.process_words, prompt.text):
        report.add(
            "process-described",
            prompt.where,
            f"{word!r} says how to edit",
            "describe the finished picture: not `remove the dog`, but `an empty park, no animals present`",
        )


def _length(prompt: Prompt, lint: LintBook, report: Report) -> None:
    most = lint.limits.words.get(prompt.kind)
    if most is None:
        return  # a picture's prompt may have any length
    words = len(prompt.text.split())
    shots = max(1, _count_shots(prompt.text))
    if words > most * shots:
        report.add(
            "prompt-long",
            prompt.where,
            f"the prompt has {words} words, and {most * shots} are enough",
            "keep the essentials",
        )
    if len(prompt.text.strip()) < lint.limits.shortest_characters:
        report.add(
            "prompt-short",
            prompt.where,
            f"the prompt has {len(prompt.text.strip())} characters",
            "say the subject, the camera, the action and the mood",
        )


def _count_shots(text: str) -> int:
    return len(re.findall(r"\[\d+:[0-5]\d\s*[-–]", text)) or (1 if not scene.speaks(text) else len(text.splitlines()))


def _aspects(prompt: Prompt, lint: LintBook, report: Report) -> None:
    count = aspects(prompt.text)
    if count > lint.limits.avatar_aspects:
        report.add(
            "prompt-stuffed",
            prompt.where,
            f"the prompt wants {count} things, and a model follows 3-{lint.limits.avatar_aspects}",
            "keep subject, expression, movement and style",
        )
