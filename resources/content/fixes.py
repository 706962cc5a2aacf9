"""What is certain in an episode file that is not written as one: labels that are almost labels, spoken directions.

Pure: a text in, the text as it was meant out. What is only likely is left to a person, who is told by the linter.
"""

import re
from typing import Final

from resources.content.lines.labels import almost_label, label_at
from resources.content.show import Show
from resources.core.names import label_key

_DIRECTION = (
    r"(?:(?:softly|quietly|loudly|slowly|nervously|sarcastically|angrily|sadly|happily|warmly|dryly)\b ?)*"
    r"(?:laugh(?:s|ing|ter)?|chuckl(?:es|ing)|giggl(?:es|ing)|sigh(?:s|ing)?|gasp(?:s|ing)?|whisper(?:s|ing|ed)?|"
    r"shout(?:s|ing)?|yell(?:s|ing)?|scream(?:s|ing)?|cough(?:s|ing)?|sniff(?:s|ing)?|sob(?:s|bing)?|cr(?:ies|ying)|"
    r"snort(?:s|ing)?|groan(?:s|ing)?|yawn(?:s|ing)?|gulp(?:s)?|smil(?:es|ing)|grin(?:s|ning)?|wink(?:s)?|nod(?:s)?|"
    r"shrug(?:s)?|paus(?:e|es|ing)|beat|silence|clears? (?:his |her |their |my )?throat|inhales|exhales|excited(?:ly)?|"
    r"sarcastic(?:ally)?|angr(?:y|ily)|nervous(?:ly)?|softly|quietly|loudly|slowly|sadly|happily|whistl(?:es|ing)|"
    r"lacht|lachend|seufzt|flüstert|kichert|hustet|ris(?:as)?|rit|soupire)"
    r"(?: (?:a bit|a little|softly|loudly|quietly|nervously|out loud|briefly|hard|again|dryly|happily|leise|laut))?"
)
ASIDE: Final = re.compile(rf"[(（【〔<]\s*({_DIRECTION})\s*[)）】〕>]", re.IGNORECASE)
_SIGNS = r"*_~＊∗～-"
STARRED: Final = re.compile(rf"(?<![\w{_SIGNS}])([*_~]{{1,2}}|[＊∗～-])({_DIRECTION})\1(?![\w{_SIGNS}])", re.IGNORECASE)
# Marks that turn the direction of writing, anchors of annotations, replaced and object characters.
HIDDEN: Final = re.compile(
    r"[\u202a-\u202e\u2066-\u2069\u206a-\u206f\ufff9-\ufffd\ue000-\uf8ff]|[\U000f0000-\U0010ffff]"
)


def fixed(text: str, show: Show) -> str:
    """An episode file with what is certain rewritten; the front matter, comments and shots stay as they are."""
    lines = text.split("\n")
    first = _after_front_matter(lines)
    done, in_shot, in_comment = lines[:first], False, False
    for line in lines[first:]:
        in_comment = _in_comment_after(line, before=in_comment)
        label = label_at(line, show.characters)
        in_shot = in_shot if label is None else label_key(label["name"]) not in show.characters
        done.append(
            line if in_comment or "-->" in line else _line(line, show, labelled=label is not None, shot=in_shot)
        )
    return "\n".join(done)


def _line(line: str, show: Show, *, labelled: bool, shot: bool) -> str:
    almost = None if labelled else almost_label(line, show.characters)
    if almost is not None and almost.certain:
        ending = "\r" if line.endswith("\r") else ""
        line = almost.mended.removesuffix("\r") + ending
    elif shot:
        return line
    return HIDDEN.sub("", STARRED.sub(r"[\2]", ASIDE.sub(r"[\1]", line)))


def _in_comment_after(line: str, *, before: bool) -> bool:
    opened, closed = line.rfind("<!--"), line.rfind("-->")
    return before if opened == closed else opened > closed


def _after_front_matter(lines: list[str]) -> int:
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if not lines or lines[start].rstrip() != "---":
        return 0
    return next((number + 1 for number in range(start + 1, len(lines)) if lines[number].rstrip() == "---"), 0)
