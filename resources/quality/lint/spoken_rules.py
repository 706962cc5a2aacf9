"""Words that nobody would say: directions, markup, addresses, code, placeholders and hidden signs of an episode file.

Their forms are `spoken_forms`'; what becomes of a line is `content.lines.speech`'s; what can be rewritten for certain,
`content.fixes`'. Pure: lines in.
"""

import unicodedata
from typing import Final

from resources.content.fixes import ASIDE, HIDDEN, STARRED
from resources.content.lines.labels import almost_label, labels_within
from resources.content.segments import Turn
from resources.core.text.diagnostics import shorten
from resources.quality.lint.linted_episode import Episode
from resources.quality.lint.spoken_forms import (
    ADDRESS,
    CODE,
    LINKED,
    MAIL,
    NUMBERED,
    SCENE,
    SSML,
    TAG,
    UNSAFE,
    path_in,
    placeholders_in,
    why_no_direction,
)

MOST_TAG_WORDS: Final = 8  # with more, the newest voice model spoke a line twice (docs/sources/elevenlabs.md#tags)


def check_spoken(episode: Episode) -> None:
    """What stands in each turn and is not to be said; a line that is almost a label belongs to the turn above it."""
    for turn in episode.script.turns:
        episode.report.segment = turn.segment
        for number, line in enumerate(episode.said.get(turn.line, ()), start=turn.line):
            if number > turn.line:
                _label(line, number, episode)
            _within(line, number, episode)
            _written(line, number, episode)
        _heard(turn, episode)
    for placed in episode.script.shots:
        episode.report.segment = placed.segment
        for number, line in enumerate(episode.said.get(placed.line, ()), start=placed.line):
            if number > placed.line:
                _label(line, number, episode)
    episode.report.segment = ""


def _label(line: str, number: int, episode: Episode) -> None:
    if almost := almost_label(line, episode.show.characters):
        fix = f": ninja fix {episode.script.episode}" if almost.certain else ""
        episode.report.add(
            "label-almost",
            episode.at_line(number),
            f"{shorten(almost.written)} is almost a label: the turn above would speak this line",
            f"write `{shorten(almost.mended, 60)[1:-1]}`{fix}",
        )

    elif found := NUMBERED.match(line):
        episode.report.add(
            "label-almost",
            episode.at_line(number),
            f"{shorten(found[0].strip())} is nobody's label: the turn above would speak this line",
            f"begin it with the label of who speaks: {', '.join(episode.show.characters)}",
        )


def _within(line: str, number: int, episode: Episode) -> None:
    for label in labels_within(line, episode.show.characters):
        episode.report.add(
            "label-almost",
            episode.at_line(number),
            f"{label}: stands within a line: the turn that it stands in would speak it",
            f"begin a new line with `{label}:`; if it is meant to be spoken, write `{label}\\:`",
        )


def _written(line: str, number: int, episode: Episode) -> None:
    where, report = episode.at_line(number), episode.report
    fix = f"ninja fix {episode.script.episode}"
    for found in (*ASIDE.finditer(line), *STARRED.finditer(line)):
        said = found[found.re.groups]
        report.add("direction-spoken", where, f"{found[0]!r} would be spoken", f"write `[{said}]`: {fix}")
    if SCENE.fullmatch(line):
        hint = "delete it; a picture beside the dialogue is a shot, such as `BROLL {seconds: 5}: A street at night`"
        report.add("direction-spoken", where, f"{shorten(line.strip())} would be spoken", hint)
    _unwritten(line, where, episode)
    if ssml := SSML.search(line):
        report.add("ssml-unread", where, f"{shorten(ssml[0])} is not read", "write a tag such as `[pause]`, or points")
    if unsafe := UNSAFE.search(line):
        report.add(
            "link-unsafe", where, f"{shorten(unsafe[0][1:])} is no link", "link to an https:// address, or to none"
        )
    if code := CODE.search(UNSAFE.sub("", line)):
        report.add("code-spoken", where, f"{shorten(code[0])} is code, and would be spoken", "say what it does")
    for sign in dict.fromkeys(HIDDEN.findall(line)):
        name = unicodedata.name(sign, "a private character")
        report.add("sign-hidden", where, f"U+{ord(sign):04X} ({name.lower()}) is in the text", f"delete it: {fix}")


def _unwritten(line: str, where: str, episode: Episode) -> None:
    line = TAG.sub("", LINKED.sub("]", ASIDE.sub("", line)))  # neither is said
    if path := path_in(line):
        episode.report.add(
            "address-spoken",
            where,
            f"{shorten(path)} is the path of a file, and would be spoken letter by letter",
            "say what the file is: its path belongs into the description",
        )
    for found in dict.fromkeys(placeholders_in(line, episode.show.language or "")):
        hint = "write the words; a remark to yourself is written <!-- so -->"
        episode.report.add("placeholder-spoken", where, f"{shorten(found)} stands for words that are not written", hint)


def _heard(turn: Turn, episode: Episode) -> None:
    for form, what in ((ADDRESS, "an address"), (MAIL, "an e-mail address")):
        if found := form.search(turn.spoken):
            where = episode.at_words(turn, lambda line, said=found[0][:12]: said in line)  # type: ignore[misc]
            episode.report.add(
                "address-spoken",
                where,
                f"{shorten(found[0])} is {what}, and would be spoken letter by letter",
                "say the site's name: its address belongs into the description",
            )
    for tag in TAG.findall(turn.performance):
        if why := why_no_direction(tag, episode.show.characters):
            where = episode.at_words(turn, lambda line, said=tag[:12]: said in line)  # type: ignore[misc]
            episode.report.add(
                "tag-unfit",
                where,
                f"the tag [{shorten(tag)[1:-1]}] is {why}, and no direction to who speaks",
                "write a direction, such as `[laughs]`, or delete it; what is to be heard stands in no brackets",
            )
        if len(tag.split()) > MOST_TAG_WORDS:
            where = episode.at_words(turn, lambda line, said=tag[:12]: said in line)  # type: ignore[misc]
            episode.report.add(
                "tag-long",
                where,
                f"the tag [{shorten(tag)[1:-1]}] has {len(tag.split())} words, and a voice takes {MOST_TAG_WORDS}",
                "make it short; how a whole turn is performed is said by `{acting: …}`",
            )
