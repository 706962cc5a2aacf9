"""Labels of an episode file, and lines that are almost one: spoken by the turn above, and meant as a turn of their own.

Pure: a line and the cast in, what it was meant to be out. What an almost-label
means for a run, the linter's.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import regex

from resources.content.settings.characters import Character
from resources.core.names import LABEL, label_key

_LABEL: Final = regex.compile(rf"\s*(?P<name>{LABEL})(?:\s*(?P<settings>\{{.*?\}}))?\s*:(?!//)(?P<text>.*)$")
# Letters of other alphabets that look like Latin capitals; those of full width and in bold are folded by Unicode.
_LOOK_ALIKE: Final = str.maketrans(
    "АВЕЅІЈКМНОРСТУХԌԍԚԛԜԝаеіјорсухѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "ABESIJKMHOPCTYXGGQQWWaeijopcyxsABEZHIKMNOPTYX",
)
# So many and no more, here and below: two endless runs beside each other take the square of a line's length.
_MARKS = r"[\s*_>`~#@•·–—\"“”„«»'’-]{0,12}"
_NUMBER = r"(?:\(?\d{1,3}[.):]\s+|[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])]?[\s–—-]{1,4})?"  # or a time
_NAME = r"(?P<name>[^\W\d_][\w-]*(?: [\w-]+){0,3}?)"
_SETTINGS = r"(?P<settings>\s*\{[^{}]*\})?"
_ASIDE = r"(?:\s*[(\[](?P<aside>[^()\[\]]{1,80})[)\]])?"
# Signs that look like a colon, or stand where one should: of full width, of other scripts and of mathematics.
_COLONS = r":：﹕︓∶꞉ː˸։׃፡﹔；\u037e؛"
_DASHES = r"‐‑‒–—―−－﹣⸺-"
# NINJA (excited): …, 1. NINJA: …, **NINJA**: …, Ninja – …
_CALLED: Final = re.compile(
    rf"{_MARKS}{_NUMBER}{_MARKS}{_NAME}[*_`~\"”»'’]{{0,12}}{_SETTINGS}{_ASIDE}[*_`~]{{0,12}}"
    rf"(?P<sign>\s*(?:[{_COLONS};]|=>?|->|[→⟶➜⇒▶►»＝]|>>?|[|｜│])|\s+[~{_DASHES}])(?!//)(?P<after>[*_`~]*)(?P<text>.*)$"
)
# [GLITCH] …, (GLITCH): …, <GLITCH> …
_BRACKETED: Final = re.compile(
    rf"\s*{_NUMBER}[\[(<{{【]\s*{_NAME}{_SETTINGS}{_ASIDE}\s*[\])>}}】]\s*(?P<sign>[{_COLONS}{_DASHES}]?)(?P<after>)(?P<text>.*)$"
)
# NINJA and GLITCH: …, which no turn can be
_TOGETHER: Final = re.compile(
    rf"\s*{_NAME}\s*(?:,|&|\+|/|\s[^\W\d_]{{1,4}}\s)\s*(?P<other>[^\W\d_][\w-]*(?: [\w-]+){{0,3}}?)"
    r"\s*[:：](?!//)\s*(?P<text>\S.*)$"
)
# GLITCH， …: of full width, a comma's place is Chinese and Japanese
_COMMA: Final = regex.compile(rf"\s*(?P<name>{LABEL})\s*[，､﹐]\s*(?P<text>\S.*)$")
_CHINESE: Final = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
# G L I T C H: …, and **GLITCH** … without a colon
_SPACED: Final = re.compile(r"\s*(?P<name>(?:[^\W\d_] ){2,20}[^\W\d_])\s*[:：](?!//)\s*(?P<text>\S.*)$")
_BOLD: Final = re.compile(r"\s*(?P<mark>\*\*|__)(?P<name>[^*_]{1,40})(?P=mark)\s+(?P<text>[^\s:：].*)$")
_WITHIN: Final = regex.compile(
    rf"(?<=[.!?…。！？][\"'”’»)*_]{{0,4}}\s{{1,8}}|[\]。！？]\s{{0,8}})(?P<name>{LABEL})(?:\s*\{{[^{{}}]*\}})?\s*[:：](?!//)"
)
_HTML: Final = re.compile(r"</?(?:b|i|u|em|p|span|strong)>")
_INVISIBLE: Final = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True)
class AlmostLabel:
    """A line that is almost a turn's first. `certain`: nothing else can be meant by it, so `mended` is what was."""

    written: str
    label: str
    mended: str
    certain: bool


def label_at(line: str, cast: Mapping[str, Character]) -> regex.Match[str] | None:
    """The label that a line starts with, of whomever; None where there is none, or one that only looks like another."""
    found = _LABEL.match(line)
    if found and label_key(found["name"]) not in cast and _folded(found["name"]) in _names(cast):
        return None
    return found


def almost_label(line: str, cast: Mapping[str, Character]) -> AlmostLabel | None:
    """What a line that has no label was meant to be a turn of; None for one that is merely spoken."""
    names, line = _names(cast), _HTML.sub("", _INVISIBLE.sub("", line))
    alone = re.sub(r"(?<!\s)\s*\([^()]{1,20}\)$", "", line.strip())
    if alone in cast:  # a screenplay has the name alone on its line: GLITCH, GLITCH (V.O.)
        return AlmostLabel(line.strip(), alone, f"{alone}:", certain=True)
    for form in (_BRACKETED, _CALLED):
        found = form.match(line)
        label = found and names.get(_folded(found["name"]))
        if not found or not label or not found["text"].strip(" *_`~"):
            continue
        if form is _BRACKETED and not found["sign"] and found["name"] != label:
            continue  # [Glitch] with small letters may be a tag
        head = line[: found.start("text")].strip()
        text = _without_addressees(found["text"].strip(), names)
        aside = f"[{' '.join(found['aside'].split())}] " if found["aside"] else ""
        mended = f"{label}{_settings(found)}: {aside}{text}"
        return AlmostLabel(head, label, mended, _is_certain(found) and text == found["text"].strip())
    return _written_otherwise(line, cast, names)


def labels_within(line: str, cast: Mapping[str, Character]) -> list[str]:
    """The labels that follow a sentence within a line, where it was not begun anew: `Hi there. GLITCH: Hello.`"""
    found = (each["name"] for each in _WITHIN.finditer(_INVISIBLE.sub("", line)))
    return [name for name in found if label_key(name) in cast]


def _written_otherwise(line: str, cast: Mapping[str, Character], names: Mapping[str, str]) -> AlmostLabel | None:
    """A label letter by letter, in bold, before a comma, or of two at once."""
    form = next((form for form in (_SPACED, _BOLD, _COMMA, _TOGETHER) if form.match(line)), None)
    found = form.match(line) if form else None
    if form is None or found is None:
        return None
    named = found["name"]
    if form is _SPACED:
        label = names.get(_folded(named.replace(" ", "")))
    elif form is _TOGETHER:
        label = names.get(_folded(named)) if _folded(found["other"]) in names else None
    else:
        label = named if named in cast and not (form is _COMMA and _CHINESE.search(found["text"])) else None
    if label is None:
        return None
    head, text = line[: found.start("text")].strip(), found["text"].strip()
    return AlmostLabel(head, label, f"{label}: {text}", certain=form is _SPACED)


def _without_addressees(text: str, names: Mapping[str, str]) -> str:
    """A line without the names to whom it is said, as in `NINJA -> GLITCH: Listen`: they would be spoken."""
    before, colon, after = text.partition(":")
    addressed = bool(colon and after.strip()) and all(_folded(name) in names for name in before.split(","))
    return after.strip() if addressed else text


def _is_certain(found: re.Match[str]) -> bool:
    """A name in small letters before a dash may be spoken, as in `Ninja – listen`."""
    return found["name"].isupper() or _plain(found["name"]).isupper() or found["sign"].strip() in (*_COLONS,)


def _settings(found: re.Match[str]) -> str:
    return f" {found['settings'].strip()}" if found["settings"] else ""


def _names(cast: Mapping[str, Character]) -> Mapping[str, str]:
    """Each label by what it may be called: the label itself and the character's name."""
    return dict(_called(cast))


def _called(cast: Mapping[str, Character]) -> Iterator[tuple[str, str]]:
    for label, character in cast.items():
        yield _folded(character.name), label
    for label in cast:
        yield _folded(label), label


def _folded(name: str) -> str:
    return " ".join(_plain(name).casefold().split())


def _plain(name: str) -> str:
    """A name in Latin letters where it only looks like them."""
    return unicodedata.normalize("NFKC", name).translate(_LOOK_ALIKE)
