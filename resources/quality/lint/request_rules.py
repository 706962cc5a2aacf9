"""Lints one request, or one shot of an episode file as the request that it becomes."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from resources.content.shots import Shot
from resources.content.show import Format
from resources.core.errors import ContentError
from resources.models.catalogue import Endpoint, Kind, MediaFacts, registry
from resources.models.endpoints.arguments import Arguments
from resources.models.prompts import builders, scene
from resources.models.prompts.book import Book, shipped
from resources.models.shot_arguments import Given, draft, facts_of
from resources.quality.lint import picture_rules, text_rules
from resources.quality.lint.finding import Finding, Report
from resources.quality.lint.picture_rules import Picture
from resources.quality.lint.text_rules import Prompt, Role

_IMAGE_LABEL = re.compile(r"@Image(\d+)")
_QUOTE = re.compile(r'"[^"\n]{2,}"|“[^”\n]{2,}”')


def lint_request(
    endpoint: str,
    arguments: Mapping[str, Any],
    *,
    role: Role | None = None,
    where: str | None = None,
    files: Mapping[str, MediaFacts] | None = None,
    book: Book | None = None,
) -> list[Finding]:
    """What is wrong with the arguments of a request. `where` is how findings call it; without it, the endpoint's id.

    `role` says what the prompt is for; without it, a speaker's for avatars and a shot's for the rest. `files` has what
    was measured, by argument (`image_url`, `image_urls[0]`).
    """
    report = Report(book or shipped())
    place = where or endpoint
    try:
        entry = registry.get(endpoint)
    except ContentError as error:
        report.add("model-unknown", place, error.what, error.hint or "")
        return report.findings
    known = {name: value for name, value in arguments.items() if name in entry.settings()}
    for name in arguments.keys() - known.keys():
        refusal = entry.unknown(name)
        report.add("setting-unknown", place, ": ".join(filter(None, (refusal.what, refusal.why))), refusal.hint or "")
    try:
        parsed = entry.parse(known)
    except ContentError as error:
        report.add("setting-refused", place, f"{error.what}: {error.why}", error.hint or "")
    else:
        _ignored(parsed, known, place, report)
        for problem in entry.problems(parsed, files or {}):
            report.add("file-unfit", place, problem, "give a file within the limits, or choose another model")
    _prompts(entry, known, role, place, report)
    return sorted(report.findings, key=lambda finding: finding.severity)


def lint_shot(
    shot: Shot,
    *,
    where: str,
    format: Format,
    book: Book | None = None,
    measured: Mapping[str, Picture | MediaFacts] | None = None,
) -> list[Finding]:
    """What is wrong with a shot: its words, its settings, its model, and the files of its slots that were measured."""
    report = Report(book or shipped())
    found = measured or {}
    given = {
        slot: Given(f"https://example.invalid/{slot}", _facts(found[slot]) if slot in found else MediaFacts())
        for slot in shot.needs()
    }
    for wish in builders.unknown_camera_words(report.book, getattr(shot, "camera", None) or ""):
        report.add(
            "camera-unknown",
            where,
            f"{wish!r} is no word of the camera's vocabulary, and is sent as it stands",
            "use a name of `camera` in prompts.yaml, such as " + ", ".join(list(report.book.camera.movements)[:4]),
        )
    for slot, picture in found.items():
        if isinstance(picture, Picture):
            picture_rules.check_frame(picture, where, report)
            if slot in ("image", "start"):
                picture_rules.check_form(shot.prompt, picture, where, report)
    try:
        made = draft(shot, given, report.book, format)
    except ContentError as error:
        report.add("setting-refused", where, ": ".join(filter(None, (error.what, error.why))), error.hint or "")
        return report.findings
    report.take(
        lint_request(
            made.endpoint.id,
            made.arguments.payload(),
            role=Role.SHOT,
            where=where,
            files=facts_of(made, given),
            book=report.book,
        )
    )
    return sorted(report.findings, key=lambda finding: finding.severity)


def _facts(measured: Picture | MediaFacts) -> MediaFacts:
    """What a model will get: a see-through picture is laid on a plain background before it is sent."""
    return replace(measured.facts, transparent=None) if isinstance(measured, Picture) else measured


def _ignored(parsed: Arguments, given: Mapping[str, Any], where: str, report: Report) -> None:
    payload = parsed.payload()
    texts = _texts(payload)
    if "shot_type" in given and given["shot_type"] != "customize" and "multi_prompt" not in payload:
        report.add("setting-ignored", where, "shot_type has no effect without multi_prompt", "leave it out")
    voices = len(payload.get("voice_ids", ()))
    for number in range(1, voices + 1):
        if f"<<<voice_{number}>>>" not in texts:
            report.add(
                "setting-ignored",
                where,
                f"voice {number} is never heard",
                f"name it in the prompt: <<<voice_{number}>>>",
            )
    if payload.get("generate_audio") is False and (scene.speaks(texts) or _QUOTE.search(texts)):
        report.add(
            "setting-ignored", where, "words are to be spoken, and sound is off", "set generate_audio, or cut the words"
        )


def _texts(payload: Mapping[str, Any]) -> str:
    parts = [part["prompt"] for part in payload.get("multi_prompt", ())]
    return "\n".join([str(payload.get("prompt", "")), *parts])


def _prompts(entry: Endpoint, given: Mapping[str, Any], role: Role | None, where: str, report: Report) -> None:
    negative = given.get("negative_prompt") if "negative_prompt" in entry.settings() else None
    own = role or (Role.SPEAKER if entry.kind is Kind.AVATAR else Role.SHOT)
    prompt = given.get("prompt")
    if isinstance(prompt, str) and prompt.strip(" ."):
        text_rules.check(Prompt(prompt, own, entry.kind, where, negative), report)
        if entry.kind is Kind.REFERENCE_TO_VIDEO:
            _references(prompt, given, where, report)
    for part in given.get("multi_prompt") or ():
        if isinstance(part, Mapping) and isinstance(part.get("prompt"), str):
            text_rules.check(Prompt(part["prompt"], Role.PART, entry.kind, where, negative), report)


def _references(prompt: str, given: Mapping[str, Any], where: str, report: Report) -> None:
    named = {int(number) for number in _IMAGE_LABEL.findall(prompt)}
    for number in range(1, len(given.get("image_urls") or ()) + 1):
        if number not in named:
            report.add(
                "reference-unused", where, f"@Image{number} is in no sentence", "say what it is for, or leave it out"
            )
    if "the scene ends with" not in prompt.casefold():
        report.add(
            "ending-missing",
            where,
            "nothing says how the scene ends: a third of such clips cut to the reference sheet",
            "end with: The scene ends with them … in @Image1.",
        )
