"""Words that nobody would say: directions, markup, addresses, code and hidden signs, as they stand in an episode file.

What becomes of a line is `content.speech`'s; what can be rewritten for certain, `content.fixes`'. Pure: lines in.
"""

import re
import unicodedata
from typing import Final

from resources.content.fixes import ASIDE, HIDDEN, STARRED
from resources.content.labels import almost_label
from resources.content.segments import Turn
from resources.core.text.diagnostics import shorten
from resources.quality.lint.linted_episode import Episode

MOST_TAG_WORDS: Final = 8  # with more, the newest voice model spoke a line twice (docs/sources/elevenlabs.md#tags)
_SSML = re.compile(
    r"</?(?:speak|break|prosody|say-as|emphasis|phoneme|audio|lang|voice|mark|amazon:\w+|mstts:[\w-]+)\b[^>]*>", re.I
)
_ADDRESS = re.compile(r"(?:https?|ftp)://\S+|\bwww\.[\w-]+\.\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S+", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CODE = re.compile(
    r"```|~~~|`[^`]*[(){}\[\]=<>;/\\|&][^`]*`|\b\w+(?:\.\w+)*\(\)|[=!]==?|&&|\|\||=>|\{[^{}]*[:;][^{}]*\}|;\s*$"
    r"|\{\w+\}|%(?:\(\w+\))?[sdf]\b"
    r"|\b(?:def|function|class|import|const|let|var|return)\s+\w+\s*[({=;]"
)
# A screenplay's own lines, as they stand there: in capitals, and with the point or colon that no sentence has.
_SCENE = re.compile(
    r"\s*(?:(?:INT|EXT|INT\./EXT)\.\s+[^a-z]+|(?:(?:SMASH |HARD |MATCH |JUMP )?CUT|DISSOLVE) TO:"
    r"|(?:FADE (?:IN|OUT)|(?:FADE|CUT) TO (?:BLACK|WHITE)|BACK TO SCENE)[:.])\s*"
)
_NUMBERED = re.compile(r"\s*(?:speaker|host|anchor|voice|person|guest|character)\s*\d{1,2}\s*:", re.IGNORECASE)
_UNSAFE = re.compile(r"\]\(\s*(?:javascript|vbscript|data|file)\s*:[^)]*\)?", re.IGNORECASE)
_TAG = re.compile(r"\[([^\[\]]+)\]")


def check_spoken(episode: Episode) -> None:
    """What stands in each turn and is not to be said; a line that is almost a label belongs to the turn above it."""
    for turn in episode.script.turns:
        episode.report.segment = turn.segment
        for number, line in enumerate(episode.said.get(turn.line, ()), start=turn.line):
            if number > turn.line:
                _label(line, number, episode)
            _written(line, number, episode)
        _heard(turn, episode)
    for placed in episode.script.shots:
        episode.report.segment = placed.segment
        for number, line in enumerate(episode.said.get(placed.line, ()), start=placed.line):
            if number > placed.line:
                _label(line, number, episode)
    episode.report.segment = ""


def _label(line: str, number: int, episode: Episode) -> None:
    if almost := almost_label(line, episode.show):
        fix = f": ninja fix {episode.script.episode}" if almost.certain else ""
        episode.report.add(
            "label-almost",
            episode.at_line(number),
            f"{shorten(almost.written)} is almost a label: the turn above would speak this line",
            f"write `{shorten(almost.mended, 60)[1:-1]}`{fix}",
        )

    elif found := _NUMBERED.match(line):
        episode.report.add(
            "label-almost",
            episode.at_line(number),
            f"{shorten(found[0].strip())} is nobody's label: the turn above would speak this line",
            f"begin it with the label of who speaks: {', '.join(episode.show.characters)}",
        )


def _written(line: str, number: int, episode: Episode) -> None:
    where, report = episode.at_line(number), episode.report
    fix = f"ninja fix {episode.script.episode}"
    for found in (*ASIDE.finditer(line), *STARRED.finditer(line)):
        said = found[found.re.groups]
        report.add("direction-spoken", where, f"{found[0]!r} would be spoken", f"write `[{said}]`: {fix}")
    if _SCENE.fullmatch(line):
        hint = "delete it; a picture beside the dialogue is a shot, such as `BROLL {seconds: 5}: A street at night`"
        report.add("direction-spoken", where, f"{shorten(line.strip())} would be spoken", hint)
    if ssml := _SSML.search(line):
        report.add("ssml-unread", where, f"{shorten(ssml[0])} is not read", "write a tag such as `[pause]`, or points")
    if unsafe := _UNSAFE.search(line):
        report.add(
            "link-unsafe", where, f"{shorten(unsafe[0][1:])} is no link", "link to an https:// address, or to none"
        )
    if code := _CODE.search(_UNSAFE.sub("", line)):
        report.add("code-spoken", where, f"{shorten(code[0])} is code, and would be spoken", "say what it does")
    for sign in dict.fromkeys(HIDDEN.findall(line)):
        name = unicodedata.name(sign, "a private character")
        report.add("sign-hidden", where, f"U+{ord(sign):04X} ({name.lower()}) is in the text", f"delete it: {fix}")


def _heard(turn: Turn, episode: Episode) -> None:
    for form, what in ((_ADDRESS, "an address"), (_MAIL, "an e-mail address")):
        if found := form.search(turn.spoken):
            where = episode.at_words(turn, lambda line, said=found[0][:12]: said in line)  # type: ignore[misc]
            episode.report.add(
                "address-spoken",
                where,
                f"{shorten(found[0])} is {what}, and would be spoken letter by letter",
                "say the site's name: its address belongs into the description",
            )
    for tag in _TAG.findall(turn.performance):
        if len(tag.split()) > MOST_TAG_WORDS:
            where = episode.at_words(turn, lambda line, said=tag[:12]: said in line)  # type: ignore[misc]
            episode.report.add(
                "tag-long",
                where,
                f"the tag [{shorten(tag)[1:-1]}] has {len(tag.split())} words, and a voice takes {MOST_TAG_WORDS}",
                "make it short; how a whole turn is performed is said by `{acting: …}`",
            )
