"""From spoken words to what stands on the screen together: which words, in which lines, from when to when.

Both the picture's captions and the subtitles' files are made of these cues, so they say the same. How they look is
`captions`' business.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import chain, pairwise

import pyphen

from resources.content.lines.speech import ends_sentence, leans_on
from resources.core.values import Value, Word
from resources.media.typography.emoji_art import parted
from resources.media.typography.phrases import phrases_of, shares, unspaced

_PAUSE = 0.7  # seconds of silence after which a caption ends
_LINGER = 0.35  # seconds that a caption stays after its last word
_OPENS = "«‹“‘„‚(¿¡\"'"
_CLAUSE_ENDS = (",", ";", ":", "—", "–", "，", "、", "；")
# What a caption costs beside being one more: a word that stands alone, one that leans on the next caption, each second
# less than it takes to be read; and what one is worth that ends where a clause does.
_ALONE, _LEANING, _HURRIED, _CLAUSE = 0.5, 0.6, 1.0, 0.4
_READ = 0.7  # seconds
_APART = 10  # letters that a line may be longer, rather than part what belongs together
_LEAST_PART = 2  # letters of a word before or after a hyphen
_AT_ONCE = 0.35  # seconds: a shot's first word that begins no later is shown from the start
_SEEN = 0.4  # seconds: a caption that is gone sooner is a flash

Fits = Callable[[str], bool]  # whether a text fits into one line
Rows = tuple[tuple["Piece", ...], ...]  # words that stand on the screen together, as lines


class Piece(Word):
    """A word, a part of one that is too long for a line, or a phrase of a sentence that is written without spaces."""

    glued: bool = False  # no space before it
    before: tuple[str, ...] = ()  # emoji that are shown with it, before it and after it
    after: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """Its text with its emoji."""
        return " ".join(filter(None, ("".join(self.before), self.text, "".join(self.after))))


class Cue(Value):
    """Words that stand on the screen together, as lines."""

    start: float
    end: float
    lines: Rows

    @property
    def words(self) -> tuple[Piece, ...]:
        """All words, in order."""
        return tuple(word for line in self.lines for word in line)


def cues_of(
    words: Sequence[Word],
    fits: Fits,
    *,
    lines: int,
    most: int,
    language: str = "en",
) -> list[Cue]:
    """Words as captions of at most `lines` lines and `most` words.

    A new one begins at a pause and after a sentence; between these where the words are best parted. Where nobody is
    silent for long, a caption stays until the next one comes.
    """
    pieces = list(chain.from_iterable(_hyphenated(piece, fits, language) for piece in pieces_of(words)))
    ends = [number for number, pair in enumerate(pairwise(pieces), start=1) if _parted(*pair)]
    runs = [pieces[begin:end] for begin, end in pairwise([0, *ends, len(pieces)]) if begin < end]
    groups = [_balanced(rows, fits) for run in runs for rows in _shared_out(run, fits, lines, most)]
    nexts = [rows[0][0].start for rows in groups[1:]]
    return [
        Cue(start=rows[0][0].start, end=_until(rows[-1][-1].end, after), lines=rows)
        for rows, after in zip(groups, [*nexts, math.inf], strict=False)  # no group has no next
    ]


def pieces_of(words: Sequence[Word]) -> list[Piece]:
    """Words with the punctuation and the emoji that are theirs, cut into phrases where their script has no spaces.

    Pieces stay as they are.
    """
    done = [word for word in words if isinstance(word, Piece)]
    return done if len(done) == len(words) else [piece for word in _joined(words) for piece in _phrased(word)]


def text_of(words: Iterable[Piece], shown: Callable[[Piece], str] = lambda word: word.whole) -> str:
    """A line of words, each as `shown` has it."""
    return "".join(f"{'' if word.glued else ' '}{shown(word)}" for word in words).strip()


def _joined(words: Sequence[Word]) -> Iterator[Word]:
    """Words with the punctuation that stands by itself put to the one before it, or to the next where it opens."""
    waiting: Word | None = None
    held: Word | None = None
    for word in words:
        if not any(letter.isalnum() for letter in word.text):
            if held is not None and not all(letter in _OPENS for letter in word.text):
                held = held.model_copy(update={"text": f"{held.text} {word.text}", "end": word.end})
            else:
                waiting = (
                    word if waiting is None else waiting.model_copy(update={"text": f"{waiting.text} {word.text}"})
                )
            continue
        if held is not None:
            yield held
        held = word
        if waiting is not None:
            held = held.model_copy(update={"text": f"{waiting.text} {word.text}", "start": waiting.start})
            waiting = None
    if held is not None:
        yield held if waiting is None else held.model_copy(update={"text": f"{held.text} {waiting.text}"})


def _phrased(word: Word) -> Iterator[Piece]:
    bare, before, after = parted(word.text)
    phrases = phrases_of(bare)
    for number, (phrase, times) in enumerate(zip(phrases, shares(word, phrases), strict=True)):
        first, last = number == 0, number == len(phrases) - 1
        yield Piece(
            text=phrase.strip(),
            **times,
            glued=not first and not phrase.startswith(" "),
            before=before if first else (),
            after=after if last else (),
        )


def _hyphenated(piece: Piece, fits: Fits, language: str) -> Iterator[Piece]:
    """A piece, cut where it is wider than a line."""
    beside = piece.model_copy(update={"text": ""})
    parts = _parts(piece.text, lambda part: fits(beside.model_copy(update={"text": part}).whole), language)
    for number, (text, times) in enumerate(zip(parts, shares(piece, parts), strict=True)):
        first, last = number == 0, number == len(parts) - 1
        yield Piece(
            text=text,
            **times,
            glued=piece.glued if first else True,
            before=piece.before if first else (),
            after=piece.after if last else (),
        )


def _parts(word: str, fits: Fits, language: str) -> list[str]:
    """A word in parts that fit into a line: between syllables where there are any, with a hyphen where it has any."""
    parts, rest, hyphen = [], word, "" if unspaced(word) else "-"
    while not fits(rest):
        places = [place for place in _syllables(rest, language) if fits(rest[:place] + hyphen)]
        if not places:  # no syllable fits: as many letters as do
            places = [place for place in range(_LEAST_PART, len(rest) - _LEAST_PART + 1) if fits(rest[:place] + hyphen)]
        if not places:
            break
        cut = places[-1]
        parts.append(rest[:cut] + ("" if rest[:cut].endswith("-") else hyphen))
        rest = rest[cut:]
    return [*parts, rest]


def _syllables(word: str, language: str) -> list[int]:
    """Where a word may be hyphenated, and after the hyphens that it has."""
    dictionary = _dictionary(language)
    found = set(dictionary.positions(word)) if dictionary else set()
    found |= {place + 1 for place, letter in enumerate(word) if letter == "-"}
    return sorted(place for place in found if _LEAST_PART <= place <= len(word) - _LEAST_PART)


@cache
def _dictionary(language: str) -> pyphen.Pyphen | None:
    known = pyphen.language_fallback(language)
    return pyphen.Pyphen(lang=known) if known else None


def _until(spoken: float, after: float) -> float:
    """When a caption goes whose last word ends at `spoken`, and the next one's begins at `after`."""
    return after if after - spoken <= _PAUSE else spoken + _LINGER


def _parted(last: Piece, word: Piece) -> bool:
    """Whether a caption is over before `word` in any case."""
    return ends_sentence(last.text, word.text) or word.start - last.end > _PAUSE


def _shared_out(run: list[Piece], fits: Fits, lines: int, most: int) -> list[Rows]:
    """The words between two ends as captions, each as lines: as few as can be, and parted where it is read best."""
    best: list[tuple[float, int, Rows]] = [(0.0, 0, ())]  # by how many words: cost, where the last caption begins
    laid: dict[int, Rows | None] = {}  # by the caption's first word: all from it on to the last one that was looked at
    for end in range(1, len(run) + 1):
        ways = []
        for begin in range(end - 1, max(0, end - most) - 1, -1):
            laid[begin] = rows = _with(laid.get(begin, ()), run[end - 1], fits, lines)
            if rows is None:  # nor will more words fit that begin there, or before
                break
            cost = best[begin][0] + _cost(run[begin:end], run[end : end + 1], alone=len(run) == 1 or most == 1)
            ways.append((cost, begin, rows))
        best.append(min(ways, key=lambda way: way[0]))
    shared = []
    end = len(run)
    while end:
        _, begin, rows = best[end]
        shared.append(rows)
        end = begin
    return shared[::-1]


def _with(rows: Rows | None, word: Piece, fits: Fits, lines: int) -> Rows | None:
    """Lines, each as full as can be, with one word more; None where there are not enough lines."""
    if rows and fits(text_of((*rows[-1], word))):
        return (*rows[:-1], (*rows[-1], word))
    return None if rows is None or len(rows) == lines else (*rows, (word,))


def _cost(words: Sequence[Piece], following: Sequence[Piece], *, alone: bool) -> float:
    """What a caption costs: each one a whole, and more where a word stands alone or leans on the next one's first."""
    cost = 1.0 + _ALONE * (len(words) == 1 and not alone)
    for word in following:
        cost -= _CLAUSE * words[-1].text.endswith(_CLAUSE_ENDS)
        cost += _LEANING * (word.glued or leans_on(words[-1].text, word.text))
    seconds = words[-1].end - words[0].start
    return cost + _HURRIED * max(0.0, _READ - seconds)


def _balanced(lines: Rows, fits: Fits) -> Rows:
    """Two lines of about equal length instead of a full one and a rest."""
    if len(lines) != 2:
        return lines
    words = [word for line in lines for word in line]
    breaks = [(tuple(words[:cut]), tuple(words[cut:])) for cut in range(1, len(words))]
    possible = [pair for pair in breaks if all(fits(text_of(line)) for line in pair)]
    return min(possible, key=_unbalanced, default=lines)


def _unbalanced(pair: Sequence[Sequence[Piece]]) -> float:
    """How badly two lines are parted, in letters by which one is longer."""
    first, second = pair
    last, word = first[-1].text, second[0].text
    apart = _APART * (leans_on(last, word) - last.endswith(_CLAUSE_ENDS) / 2)
    return abs(len(text_of(first)) - len(text_of(second))) + apart


@dataclass(frozen=True)
class Stretch:
    """The seconds in which captions stand in one place, and the words that they show there: `lay` sets them."""

    begins: float
    ends: float
    words: tuple[Piece, ...]
    lay: Callable[[Sequence[Piece]], Sequence[Cue]]

    @cached_property
    def cues(self) -> tuple[Cue, ...]:
        """Its captions, each inside it."""
        return tuple(
            # The first words of a shot are there from its first frame on: a Short begins with what it says, and no
            # picture is without words for a frame or two.
            cue.model_copy(
                update={
                    "start": self.begins if number == 0 and cue.start - self.begins <= _AT_ONCE else cue.start,
                    "end": min(cue.end, self.ends),
                }
            )
            for number, cue in enumerate(self.lay(self.words))
        )

    def of(self, words: Sequence[Piece]) -> "Stretch":
        """The same time with other words, none of which is spoken outside of it."""
        times = [[min(max(at, self.begins), self.ends) for at in (word.start, word.end)] for word in words]
        inside = (
            word.model_copy(update={"start": start, "end": end})
            for word, (start, end) in zip(words, times, strict=True)
        )
        return replace(self, words=tuple(inside))


def without_flashes(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Stretches without a caption that their borders leave a few frames of: its words are shown on the other side.

    A picture changes inside a phrase, too: where B-roll ends.
    """
    found = [*stretches]
    for number in range(1, len(found)):
        found[number - 1 : number + 1] = _moved_over(*found[number - 1 : number + 1])
    return found


def _moved_over(first: Stretch, then: Stretch) -> tuple[Stretch, Stretch]:
    if first.cues and _flashes(first.cues[-1]):
        flash = first.cues[-1].words
        if first.words[-len(flash) :] == flash:  # and no part of a word
            later = first.of(first.words[: -len(flash)]), then.of((*flash, *then.words))
            if not _flashes(later[1].cues[0]):
                return later
    if then.cues and _flashes(then.cues[0]):
        flash = then.cues[0].words
        if then.words[: len(flash)] == flash:
            sooner = first.of((*first.words, *flash)), then.of(then.words[len(flash) :])
            if not _flashes(sooner[0].cues[-1]):
                return sooner
    return first, then


def _flashes(cue: Cue) -> bool:
    return cue.end - cue.start < _SEEN
