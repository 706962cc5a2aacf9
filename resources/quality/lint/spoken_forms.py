"""The forms of what nobody would say, as patterns and small questions. What is told of each, `spoken_rules` decides.

Pure: a line, a sentence or a tag in, what was found of it out. What people do say has its own test beside each form.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

SSML: Final = re.compile(
    r"</?(?:speak|break|prosody|say-as|emphasis|phoneme|audio|lang|voice|mark|amazon:\w+|mstts:[\w-]+)\b[^>]*>", re.I
)
ADDRESS: Final = re.compile(
    r"(?:https?|s?ftp|file|ssh|wss?|s3|gs|git)://\S+|\bwww\.[\w-]+\.\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S+",
    re.IGNORECASE,
)
MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# /home/x, ~/x, ./x.sh, C:\x, \\server\x, and src/main.py by its ending; not and/or, 24/7, AC/DC or r/gaming.
_ENDINGS = (
    r"(?:txt|md|py|js|ts|json|ya?ml|toml|ini|cfg|conf|log|csv|tsv|xml|html?|css|sh|bat|exe|dll|zip|gz|pdf|docx?|xlsx?|pptx?|"
    r"png|jpe?g|gif|webp|svg|mp3|mp4|wav|mov|mkv|srt|vtt)"
)
_PATH: Final = re.compile(
    r"(?<![\w/\\:.<>)\]])(?:"
    r"(?:~|\.{1,2})/\w[\w./-]*"
    rf"|/(?!(?:r|u)/)\w[\w.-]*/\w[\w./-]*|/\w[\w-]*\.{_ENDINGS}\b"
    r"|[A-Za-z]:(?:\\|/(?!/))[\w$%(][\w\\/.$%()-]*|\\\\[\w.-]+\\[\w$.\\-]+|%\w+%\\[\w\\.-]+"
    rf"|\w[\w.-]*(?:/\w[\w.-]*)+\.(?!js|ts){_ENDINGS}\b"  # React/Vue.js
    r")",
    re.IGNORECASE,
)
LINKED: Final = re.compile(r"\]\([^)\s]*\)?")  # where a link goes to, which is not spoken
CODE: Final = re.compile(
    r"```|~~~|`[^`]*[(){}\[\]=<>;/\\|&][^`]*`|\b\w+(?:\.\w+)*\(\)|[=!]==?|&&|\|\||=>|\{[^{}]*[:;][^{}]*\}|;\s*$"
    r"|\{\\?\w+[^{}\s]*\}|%(?:\(\w+\))?[sdf]\b"
    r"|\b(?:def|function|class|import|const|let|var|return)\s+\w+\s*[({=;]"
    r"|^\s*\|.+\|\s*$|\\[a-z]+\{|\d\d:\d\d:\d\d[,.]\d{3}\s*--|(?<![\w:]):[a-z][a-z0-9]*(?:_[a-z0-9]+)*:(?![\w:])"
)
# A screenplay's own lines, as they stand there: in capitals, and with the point or colon that no sentence has.
SCENE: Final = re.compile(
    r"\s*(?:(?:INT|EXT|INT\./EXT)\.\s+[^a-z]+|(?:(?:SMASH |HARD |MATCH |JUMP )?CUT|DISSOLVE) TO:"
    r"|(?:FADE (?:IN|OUT)|(?:FADE|CUT) TO (?:BLACK|WHITE)|BACK TO SCENE)[:.])\s*"
)
NUMBERED: Final = re.compile(r"\s*(?:speaker|host|anchor|voice|person|guest|character)\s*\d{1,2}\s*:", re.IGNORECASE)
UNSAFE: Final = re.compile(r"\]\(\s*(?:javascript|vbscript|data|file)\s*:[^)]*\)?", re.IGNORECASE)
TAG: Final = re.compile(r"\[([^\[\]]+)\]")

_LOREM: Final = re.compile(r"\blorem ipsum\b", re.IGNORECASE)
# What stands for words still to be written. People have TODO lists; after a name XXX is a number: Super Bowl XXX.
_NOTE: Final = re.compile(r"\b(?:TODO(?!\s+(?:lists?|apps?|items?)\b)|FIXME|TKTK|X{3,}|x{3,})\b")
_NUMERAL: Final = re.compile(r"\b[A-Z]\w*\s+$")
# Alone or before a colon; the date may be TBD, and is said so.
_UNDECIDED: Final = re.compile(r"\s*(?:TB[AD]|tb[ad])\b(?:[\s.!?…]*$|\s*:)")
_ROMANCE: Final = frozenset({"es", "pt", "it", "gl", "ca"})  # where todo is a word
_BLANK: Final = re.compile(r"(?<![\w_])_{3,}(?![\w_])")
_ANGLED: Final = re.compile(r"</?(?P<name>[A-Za-z][\w' -]{0,40}?)(?:\s+[\w-]+=[^<>]*)?\s*/?>")
_STYLED: Final = frozenset(
    "a abbr b big blockquote br center cite code del div em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q "  # noqa: SIM905
    "s samp small span strike strong sub sup table tbody td th thead tr tt u ul var wbr".split()
)
_STANDS_FOR: Final = re.compile(
    r"TODO|FIXME|TB[ACD]|TKTK|XXX+|sic|placeholder|lorem ipsum|(?:citation|source|reference|link|joke) needed|"
    r"(?:insert|fill in|your)\b.*|(?:company |first |last |full |product |game |user ?|host |guest )?name(?: here)?|"
    r"(?:text|link|url|image|picture|photo|video|figure|date|title|topic|number|amount) ?(?:here|\d+)?",
    re.IGNORECASE,
)


def path_in(line: str) -> str | None:
    """The path of a file in a line, as it is written; None where there is none."""
    found = _PATH.search(ADDRESS.sub(" ", line))
    return found[0] if found else None


def placeholders_in(line: str, language: str) -> Iterator[str]:
    """What stands in a line for words that are still to be written. `language`: of the show, where `todo` is a word."""
    for found in _NOTE.finditer(line):
        numeral = found[0].startswith("X") and _NUMERAL.search(line[: found.start()])
        word = found[0] == "TODO" and language in _ROMANCE and not line[found.end() :].lstrip().startswith(":")
        if not numeral and not word:
            yield found[0]
    yield from (found[0].strip(" :") for found in (_LOREM.search(line), _UNDECIDED.match(line)) if found)
    if (blank := _BLANK.search(line)) and line.strip(" _*-"):
        yield blank[0]
    for found in _ANGLED.finditer(line):
        if found["name"].split()[0].lower() not in _STYLED and not SSML.match(found[0]):
            yield found[0]


def why_no_direction(tag: str, labels: Collection[str]) -> str | None:
    """What a tag is instead of a direction to who speaks; None for one that may be performed."""
    if ADDRESS.search(tag) or MAIL.search(tag):
        return "an address"
    if path_in(tag):
        return "the path of a file"
    if not any(sign.isalpha() for sign in tag):
        return "no word"
    if len(tag.strip()) == 1 and tag.strip().isascii():  # [I]t is so; [x] done. A Chinese word may be one sign
        return "one letter"
    if _STANDS_FOR.fullmatch(tag.strip()):
        return "a placeholder"
    return "a label" if tag.strip() in labels else None
