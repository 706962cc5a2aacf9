"""From a line as it is written to what is performed, heard and captioned. Files and turns are `script`'s.

The text is read as inline Markdown by a real parser, with one more rule: a bracketed phrase is a performance tag.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, zip_longest

import regex
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from resources.core.text.blank import is_blank
from resources.core.text.emoji_signs import replace_emoji

_LONG_WORD = 12  # letters; a longer "word" is a compound or an address and takes as long as several
_SHORT_WORD = 3  # letters: articles, prepositions and conjunctions of most European languages
# Words for each letter of a script without spaces: Mandarin is read at 250-300 characters a minute.
UNSPACED_WORDS = 0.6

_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)]*$")
# A point that may belong to the word. After titles and names none ends a sentence; before a number none of `No.` does;
# all others do where the next word begins as sentences do.
_TITLES = frozenset(
    "mr mrs ms mx dr prof rev fr gen col capt lt sgt hon gov sen rep st mt ft jr sr vs v cf e.g i.e z.b d.h u.a o.ä "  # noqa: SIM905
    "bzw bspw ca hr hrn mme mlle m sig sra dra".split()
)
_BEFORE_NUMBERS = frozenset("no nos nr num vol p pp ch fig art sec eq ver v op n núm".split())  # noqa: SIM905
_UNCERTAIN = frozenset(
    "a.m p.m etc inc ltd co corp dept est approx hrs lb oz jan feb apr aug sept oct nov u.s u.k e.u u.n d.c usw uvm "  # noqa: SIM905
    "bros ph.d".split()
)
_INITIAL = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_APOSTROPHES = str.maketrans("", "", "'’")
_OPENING = "\"'“‘«„(["

_POINTS = r".,;:!?…，。！？、；："  # they follow a word without a space
_TAG = re.compile(r"\[([^\[\]]*)\]")
_TAG_SPACE = re.compile(rf"\] (?=[{_POINTS}])")
_TAGS = re.compile(rf" ?(?:\[[^\[\]]*\] ?)+([{_POINTS}]?)")
_ROUND = str.maketrans("[]", "()")
_RULE = re.compile(r"^[ \t]*(?:[-*_=][ \t]*){3,}$", re.MULTILINE)
_LINE_MARK = re.compile(r"^[ \t]*(?:(?:>+|[-*+]|#{1,6})(?:[ \t]+|$))+", re.MULTILINE)
# Marks that pair with nothing are slips of the pen; those of `3 * 4` and `snake_case` are not marks.
_LOOSE_MARK = re.compile(r"(?<!\d)(?<!\d )\*+|\*+(?! ?\d)|(?<!\w)_+|_+(?!\w)|~~+|`+")
_GONE = "\uffff"  # stands where an emoji was; no text may hold this code point
_GONES = re.compile(rf" ?{_GONE}[ {_GONE}]*([{_POINTS}]?)")
_HALF_EMOJI = re.compile(r"[\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]")  # half a flag, a skin tone of nobody
# Zero-width space, soft hyphen, word joiner, byte order mark and what emoji are joined with. Joiners inside a word
# stay: Persian and Indic scripts need them.
_INVISIBLE = re.compile(
    r"[\u200b\u00ad\u2060\ufeff\ufe0e\ufe0f\u20e3\U000e0020-\U000e007f]"
    r"|(?<!\w)[\u200c\u200d]+|[\u200c\u200d]+(?!\w)"
)
UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")


@dataclass(frozen=True)
class Speech:
    """A turn's words, NFC normalised, on one line.

    `performance` keeps `[tags]`; `spoken` has none. Square brackets stand for tags alone: others become round.
    `loose_bracket` tells that a bracket without its other half was written. `emoji`, which nobody speaks, each with how
    many words stand before it.
    """

    performance: str
    spoken: str
    loose_bracket: bool = False
    emoji: tuple[tuple[int, str], ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether there is anything to say: a letter or a digit of any script."""
        return any(char.isalnum() and not is_blank(char) for char in self.spoken)


def clean_speech(written: str) -> Speech:
    """What remains of a turn's text: no Markdown, HTML, emoji, link addresses or pictures; entities are decoded.

    Kept as written: `$499.99`, `3*4`, `snake_case`, `C#`, quotes, dashes, and every script.
    """
    pieces: list[str] = []
    loose = False
    for kind, content in _parts(_LINE_MARK.sub("", _RULE.sub("", written))):
        if kind == "tag":
            name = _tidy(content)
            pieces.append(f" [{name}] " if name else " ")
        else:
            loose = loose or (kind == "text" and ("[" in content or "]" in content))
            pieces.append((_LOOSE_MARK.sub("", content) if kind == "text" else content).translate(_ROUND))
    whole = "".join(pieces)
    performance = _TAG_SPACE.sub("]", _tidy(whole))
    spoken = _TAGS.sub(_point_or_space, performance).strip()
    return Speech(performance, spoken, loose, _emoji_of(_TAG.sub("", whole), spoken))


def ends_sentence(word: str, following: str = "") -> bool:
    """Whether a sentence ends with this word, by its last sign and the word that follows ("": none does).

    The point of `Dr.`, of `No.` before a number, of an initial, and of `p.m.` before a small letter is the word's own.
    Where it may be either (`at 5 p.m. We left`), the next word's capital decides. Between such a word and the next a
    long turn is cut, and a caption ends.
    """
    if _SENTENCE_END.search(word) is None:
        return False
    bare = word.rstrip("\"'”’»)")
    if not following or not bare.endswith(".") or bare.endswith(".."):
        return True
    return not _owns_its_point(bare.lstrip(_OPENING).removesuffix(".").casefold(), following.lstrip(_OPENING)[:1])


def leans_on(word: str, following: str) -> bool:
    """Whether a word is not well parted from the one that follows: neither captions nor shots change between them.

    Short small words lean on what they introduce (`the meta`, `zu Hause`), a noun on its number (`patch 2.1`).
    """
    bare = word.strip(_OPENING)
    letters = bare.translate(_APOSTROPHES)
    small = len(letters) <= _SHORT_WORD and (letters.islower() or letters != bare or len(letters) == 1)
    return letters.isalpha() and (small or following.lstrip(_OPENING)[:1].isdigit())


def _owns_its_point(stem: str, after: str) -> bool:
    """Whether a word's point is the word's own; `after` is the sign that the next word begins with."""
    if stem in _BEFORE_NUMBERS:
        return after.isdigit()
    if stem in _UNCERTAIN or ("." in stem and stem not in _TITLES and _INITIAL.fullmatch(stem)):
        return after.islower() or after.isdigit()
    return stem in _TITLES or (len(stem) == 1 and stem.isalpha() and stem != "i")  # J. R. R. Tolkien; "So did I."


def sentences(spoken: str) -> list[str]:
    """The sentences of a line, each with its last sign; a line without one is a sentence."""
    found: list[list[str]] = [[]]
    words = spoken.split()
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        found[-1].append(word)
        if ends_sentence(word, following):
            found.append([])
    return [" ".join(words) for words in found if words]


def estimate_seconds(spoken: str, words_per_minute: float) -> float:
    """How long a text takes to say, in seconds, before there is a voice: its words over the rate, nothing more.

    A word counts as one, or as one for each 12 letters begun; each digit is a word of its own ("$499.99" is said in
    eight); a letter of a script without spaces (Han, kana, Thai, …) counts as 0.6. Good to about a fifth for prose;
    what is bought and checked later is measured from the audio.
    """
    digits = sum(char.isdigit() for char in spoken)
    unspaced, rest = len(UNSPACED.findall(spoken)), UNSPACED.sub(" ", spoken)
    lengths = [sum(char.isalpha() for char in word) for word in rest.split()]
    words = digits + UNSPACED_WORDS * unspaced + sum(-(-length // _LONG_WORD) for length in lengths)
    return words * 60.0 / words_per_minute


def _literal_star(state: StateInline, silent: bool) -> bool:
    """The star of `3*4*5`, which Markdown alone would take for emphasis."""
    source, at = state.src, state.pos
    if source[at] != "*" or not (source[at - 1 : at].isdigit() and source[at + 1 : at + 2].isdigit()):
        return False
    if not silent:
        state.push("text_special", "", 0).content = "*"
    state.pos += 1
    return True


def _performance_tag(state: StateInline, silent: bool) -> bool:
    """`[excited]`: a bracketed phrase that is no link."""
    match = _TAG.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("tag", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _parser() -> MarkdownIt:
    rules = ["escape", "backticks", "strikethrough", "emphasis", "link", "image", "autolink", "html_inline", "entity"]
    parser = MarkdownIt("zero", {"html": True}).enable(rules).disable("text_join")  # keeps what was escaped apart
    parser.inline.ruler.before("emphasis", "literal_star", _literal_star)
    parser.inline.ruler.after("link", "performance_tag", _performance_tag)
    parser.parseInline("")  # it compiles its rules at its first text, and two threads at once would break that
    return parser


_PARSER = _parser()


def _parts(written: str) -> Iterator[tuple[str, str]]:
    """(kind, content) of what is left of the Markdown; kind is tag, text or literal (escaped, decoded or code)."""
    for token in _PARSER.parseInline(written)[0].children or []:
        if token.type in ("tag", "text"):
            yield token.type, token.content
        elif token.type in ("text_special", "code_inline"):
            yield "literal", token.content
        elif token.type in ("softbreak", "hardbreak") or token.content.startswith("<br"):
            yield "literal", " "


def _tidy(text: str) -> str:
    """Without emoji and invisible characters, NFC, each run of white space one space."""
    marked = _HALF_EMOJI.sub(_GONE, replace_emoji(text.replace(_GONE, ""), _without_emoji))
    shown = _GONES.sub(_point_or_space, " ".join(marked.split()))
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", shown)).split())


def _point_or_space(found: re.Match[str]) -> str:
    return found[1] or " "


def _emoji_of(text: str, spoken: str) -> tuple[tuple[int, str], ...]:
    """The emoji of a text without tags, each with how many words of `spoken` stand before it, its own one too.

    Found by the letters before it: what is spoken has all of them, in order.
    """
    found: list[str] = []

    def mark(sign: str, data: dict[str, str]) -> str:
        if _HALF_EMOJI.fullmatch(sign):
            return ""
        kept = _without_emoji(sign, data)
        if kept == _GONE:
            found.append(sign)
        return kept

    marked = replace_emoji(text.replace(_GONE, ""), mark)
    if not found:
        return ()
    bare = unicodedata.normalize("NFC", _INVISIBLE.sub("", _HALF_EMOJI.sub("", marked)))
    before = accumulate(len("".join(part.split())) for part in bare.split(_GONE))
    ends = list(accumulate(map(len, spoken.split())))
    return tuple(
        (min(bisect_left(ends, letters) + 1, len(ends)) if letters else 0, sign)
        for letters, sign in zip(before, found, strict=False)  # the last part has no emoji after it
    )


def is_writing(sign: str) -> bool:
    """Whether what Unicode counts among emoji is writing: © ® ™ ‼ ⁉ below the arrows, 〰 ㊗ among CJK marks."""
    bare = sign.rstrip("\ufe0e\ufe0f")
    return len(bare) == 1 and (bare < "\u2190" or "\u3000" <= bare < "\u3300")


def _without_emoji(found: str, _: dict[str, str]) -> str:
    return found.rstrip("\ufe0e\ufe0f") if is_writing(found) else _GONE
