"""Captions: spoken words to ASS for libass (burned in), and to SRT and VTT for players.

Styles are data. Text is laid out here with the font's own widths, so that a caption never has more than two lines and
never leaves its area; libass is told the line breaks, and orders and joins the letters of right-to-left text. Words
are shown as the script has them, but for emoji, which are left out: they are not spoken.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Literal

from resources.content.speech import ends_sentence
from resources.core.errors import ContentError
from resources.core.values import Value, Word
from resources.media.layouts import Area
from resources.media.typography.fonts import Font, drawable, font_for
from resources.media.typography.phrases import columns, phrases_of

_PAUSE = 0.7  # seconds of silence after which a caption ends
_LINGER = 0.35  # seconds that a caption stays after its last word
_OUTLINE = 0.085  # of the font's size; a shadow on top would cost as much again and is not seen beside it
_POP = 0.15  # seconds that a word takes to pop up
_GROWN = 1.06  # how large it gets on the way
_MARGIN = 0.4  # of the font's size: what outline and plate need round the text


class CaptionStyle(Value):
    """How captions look. Sizes are parts of the picture's shorter side."""

    name: str
    about: str
    moves: Literal["highlight", "pop", "still"]
    size: float
    lines: int  # at most
    words: int  # at most, in one caption
    plate: bool = False  # on a dark plate instead of an outline


class Spoken(Value):
    """Who says what, from `start` seconds of the whole cut on. Words' times count from that start."""

    start: float
    name: str
    words: tuple[Word, ...]


STYLES = {
    style.name: style
    for style in (
        CaptionStyle(
            name="karaoke",
            about="a few words at a time, the spoken one in the speaker's colour",
            moves="highlight",
            size=0.08,
            lines=1,
            words=4,
        ),
        CaptionStyle(name="pop", about="one big word at a time, popping up", moves="pop", size=0.115, lines=1, words=1),
        CaptionStyle(
            name="classic",
            about="two quiet lines on a plate, in the speaker's colour",
            moves="still",
            size=0.044,
            lines=2,
            words=16,
            plate=True,
        ),
    )
}
OFF = "off"

Fits = Callable[[str], bool]  # whether a text fits into one line


class Piece(Word):
    """A word, or a phrase of a sentence that is written without spaces."""

    glued: bool = False  # no space before it


class Cue(Value):
    """Words that stand on the screen together, as lines."""

    start: float
    end: float
    lines: tuple[tuple[Piece, ...], ...]

    @property
    def words(self) -> tuple[Piece, ...]:
        """All words, in order."""
        return tuple(word for line in self.lines for word in line)


class Sheet(Value):
    """Captions as libass draws them on a part of the picture."""

    document: str  # ASS
    band: Area  # as large as the largest caption
    redrawn: tuple[int, ...]  # frames that look otherwise than the one before, rising; the first is among them


class _Event(Value):
    """Something that stands on the screen from one frame up to another. It moves for `moves` frames."""

    start: int
    end: int
    text: str  # with its tags
    moves: int = 0


def style(name: str) -> CaptionStyle | None:
    """The style of that name; None for `off`. Raises ContentError, listing the known ones."""
    if name == OFF:
        return None
    if name in STYLES:
        return STYLES[name]
    raise ContentError(f"there is no caption style {name!r}", mend=f"use one of: {', '.join([*STYLES, OFF])}")


def font_of(words: Iterable[Word]) -> Font:
    """The one font that a turn's captions are set in. Raises ContentError when letters would be lost."""
    return font_for(" ".join(word.text for word in words))


def ass(
    words: Sequence[Word], look: CaptionStyle, *, color: str, size: tuple[int, int], area: Area, fps: int
) -> Sheet | None:
    """The captions of one segment, None without a word that can be drawn.

    `size` is the picture in pixels, `area` where text may stand, `fps` the rate of the frames that changes fall on,
    `color` #rrggbb.
    """
    font = font_of(words)
    em = look.size * min(size)
    cues = _cues(_visible(words, font), look, lambda text: font.width(text, em) <= area.width)
    band = _band(cues, font=font, em=em, size=size, area=area)
    events = [
        event
        for cue in cues
        for event in _events(cue, look, font=font, em=em, color=color, area=area, band=band, fps=fps)
        if event.start < event.end
    ]
    if not events:
        return None
    changes = {0, *(event.start for event in events), *(event.end for event in events)}
    moving = (range(event.start, min(event.start + event.moves, event.end)) for event in events)
    return Sheet(
        document=_head(font, em, look, band) + "".join(_dialogue(event, fps) for event in events),
        band=band,
        redrawn=tuple(sorted(changes.union(*moving))),
    )


def _band(cues: Sequence[Cue], *, font: Font, em: float, size: tuple[int, int], area: Area) -> Area:
    """The part of the picture that the largest caption needs, with its outline or plate."""
    widths = [font.width(_text(line), em) for cue in cues for line in cue.lines]
    margin = _MARGIN * em
    wide = _GROWN * min(max(widths, default=0.0), area.width) + 2 * margin
    high = _GROWN * max((len(cue.lines) for cue in cues), default=0) * em * font.line + 2 * margin
    middle = (area.x + area.width / 2, area.y + area.height / 2)
    left, top = (max(0, 2 * math.floor((at - side / 2) / 2)) for at, side in zip(middle, (wide, high), strict=True))
    right, bottom = (
        min(2 * math.ceil((at + side / 2) / 2), most) for at, side, most in zip(middle, (wide, high), size, strict=True)
    )
    return Area(x=left, y=top, width=right - left, height=bottom - top)


def overflows(words: Sequence[Word], look: CaptionStyle, *, size: tuple[int, int], area: Area) -> tuple[str, ...]:
    """Captions that do not stand in `area` at their full size: a word wider than it, a line too many, too high."""
    font = font_of(words)
    em = look.size * min(size)

    def fits(text: str) -> bool:
        return font.width(text, em) <= area.width

    return tuple(
        " / ".join(map(_text, cue.lines))
        for cue in _cues(_visible(words, font), look, fits)
        if not all(fits(_text(line)) for line in cue.lines)
        or len(cue.lines) > look.lines
        or len(cue.lines) * em * font.line > area.height
    )


def srt(turns: Iterable[Spoken]) -> str:
    """SubRip text of a whole cut, one caption for each one or two lines."""
    blocks = (
        f"{number}\n{_clock(start, ',')} --> {_clock(end, ',')}\n{_escaped(text)}\n"
        for number, (start, end, _, text) in enumerate(_plain(turns), 1)
    )
    return "\n".join(blocks)


def vtt(turns: Iterable[Spoken]) -> str:
    """WebVTT text of a whole cut; each caption says who speaks."""
    blocks = (
        f"{_clock(start, '.')} --> {_clock(end, '.')}\n<v {_escaped(name)}>{_escaped(text)}\n"
        for start, end, name, text in _plain(turns)
    )
    return "\n".join(["WEBVTT\n", *blocks])


def _plain(turns: Iterable[Spoken]) -> Iterator[tuple[float, float, str, str]]:
    """Start, end, name and text of every caption of a cut, 42 columns a line as broadcasters have it."""
    shown = [
        (turn.start + cue.start, turn.start + cue.end, turn.name, "\n".join(map(_text, cue.lines)))
        for turn in turns
        for cue in _cues(turn.words, STYLES["classic"], lambda text: columns(text) <= 42)
    ]
    nexts = chain((start for start, _, _, _ in shown[1:]), [math.inf])  # none has a next one where none is
    for (start, end, name, text), following in zip(shown, nexts, strict=False):
        yield start, min(end, following), name, text  # no player shows two at once well


def _visible(words: Sequence[Word], font: Font) -> list[Word]:
    """The words as they can be drawn; one that is only an emoji is left out."""
    drawn = ((word, drawable(" ".join(word.text.split()), font)) for word in words)
    return [word.model_copy(update={"text": text}) for word, text in drawn if text]


def _pieces(word: Word) -> Iterator[Piece]:
    """A word, cut into phrases where its script has no spaces; each lasts as long as its share of the letters."""
    phrases = phrases_of(word.text)
    letters, start = max(1, sum(map(len, phrases))), word.start
    for number, phrase in enumerate(phrases):
        end = word.end if number == len(phrases) - 1 else start + (word.end - word.start) * len(phrase) / letters
        yield Piece(text=phrase.strip(), start=start, end=end, glued=number > 0 and not phrase.startswith(" "))
        start = end


def _cues(words: Sequence[Word], look: CaptionStyle, fits: Fits) -> list[Cue]:
    """Words as captions: a new one at a pause, after a sentence, and where the lines are full."""
    groups: list[list[list[Piece]]] = []
    for word in chain.from_iterable(map(_pieces, words)):
        lines = groups[-1] if groups else None
        if lines is None or _ends(lines, word, look):
            groups.append([[word]])
        elif fits(_text([*lines[-1], word])):
            lines[-1].append(word)
        elif len(lines) < look.lines:
            lines.append([word])
        else:
            groups.append([[word]])
    cues = [
        Cue(start=lines[0][0].start, end=lines[-1][-1].end + _LINGER, lines=tuple(map(tuple, lines)))
        for lines in (_balanced(group, fits) for group in groups)
    ]
    return [cue.model_copy(update={"end": min(cue.end, after.start)}) for cue, after in pairwise([*cues, _never(cues)])]


def _never(cues: Sequence[Cue]) -> Cue:
    end = cues[-1].end if cues else 0.0
    return Cue(start=end, end=end, lines=())


def _ends(lines: list[list[Piece]], word: Piece, look: CaptionStyle) -> bool:
    """Whether the caption is over before `word`."""
    last = lines[-1][-1]
    full = sum(map(len, lines)) >= look.words
    sentence = ends_sentence(last.text, word.text)
    return full or sentence or word.start - last.end > _PAUSE


def _balanced(lines: list[list[Piece]], fits: Fits) -> list[list[Piece]]:
    """Two lines of about equal length instead of a full one and a rest."""
    if len(lines) != 2:
        return lines
    words = [word for line in lines for word in line]
    breaks = [(words[:cut], words[cut:]) for cut in range(1, len(words))]
    possible = [pair for pair in breaks if all(fits(_text(line)) for line in pair)]
    best = min(possible, key=lambda pair: abs(len(_text(pair[0])) - len(_text(pair[1]))), default=lines)
    return [list(line) for line in best]


def _text(words: Iterable[Piece], shown: Callable[[Piece], str] = lambda word: word.text) -> str:
    """A line of words, each as `shown` has it."""
    return "".join(f"{'' if word.glued else ' '}{shown(word)}" for word in words).strip()


def _head(font: Font, em: float, look: CaptionStyle, area: Area) -> str:
    # BorderStyle, Outline, Shadow. With libass' style 4 the shadow's size is the margin of one plate for all lines.
    border = f"4,{em * 0.03:.1f},{em * 0.3:.1f}" if look.plate else f"1,{em * _OUTLINE:.1f},0"
    return (
        "[Script Info]\nScriptType: v4.00+\n"
        f"PlayResX: {area.width}\nPlayResY: {area.height}\nWrapStyle: 2\nScaledBorderAndShadow: yes\n"
        "YCbCr Matrix: None\n\n"  # colours are meant as written; by default they are taken for BT.601 and shift
        "[V4+ Styles]\n"
        "Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, Bold, BorderStyle, Outline, "
        "Shadow, Alignment, Encoding\n"
        f"Style: Words,{font.family},{em * font.line:.1f},&H00FFFFFF,&H00120C08,&H40140E0A,{-int(font.bold)},"
        f"{border},5,-1\n\n"  # -1: a line that starts with Hebrew or Arabic runs from right to left
        "[Events]\nFormat: Layer, Start, End, Style, Text\n"
    )


def _events(
    cue: Cue, look: CaptionStyle, *, font: Font, em: float, color: str, area: Area, band: Area, fps: int
) -> Iterator[_Event]:
    """The events of a caption: one for each word where the spoken word stands out, else one."""
    widest = max(font.width(_text(line), em) for line in cue.lines)
    squeeze = rf"\fs{em * font.line * area.width / widest:.1f}" if widest > area.width else ""
    middle = (area.x + area.width / 2 - band.x, area.y + area.height / 2 - band.y)
    place = rf"\an5\pos({middle[0]:g},{middle[1]:g}){squeeze}"
    start, end = _frame(cue.start, fps), _frame(cue.end, fps)
    if look.moves == "still":
        text = r"\N".join(map(_shown, cue.lines))
        yield _Event(start=start, end=end, text=rf"{{{place}\1c{_bgr(color)}}}{text}")
    elif look.moves == "pop":
        grow = rf"\1c{_bgr(color)}\fscx78\fscy78\t(0,90,\fscx106\fscy106)\t(90,{1000 * _POP:g},\fscx100\fscy100)"
        yield _Event(start=start, end=end, text=f"{{{place}{grow}}}{_shown(cue.words)}", moves=2 + int(_POP * fps))
    else:
        ends = [*(_frame(word.start, fps) for word in cue.words[1:]), end]
        for word, until in zip(cue.words, ends, strict=True):
            text = r"\N".join(_lit(line, word, color) for line in cue.lines)
            yield _Event(start=_frame(word.start, fps), end=until, text=f"{{{place}}}{text}")


def _lit(line: Sequence[Piece], spoken: Piece, color: str) -> str:
    """A line with the spoken word coloured. Nothing moves: a word that grows would shake its neighbours."""

    def shown(word: Piece) -> str:
        text = _escape_ass(word.text)
        return rf"{{\1c{_bgr(color)}}}{text}{{\1c&HFFFFFF&}}" if word is spoken else text

    return _text(line, shown)


def _shown(line: Iterable[Piece]) -> str:
    return _text(line, lambda word: _escape_ass(word.text))


def _dialogue(event: _Event, fps: int) -> str:
    """Times lie half a frame before the frame that is meant: ASS has centiseconds, and no rounding may lose a frame."""
    start, end = (_clock(max(0.0, frame - 0.5) / fps, ".")[1:-1] for frame in (event.start, event.end))  # H:MM:SS.cc
    return f"Dialogue: 0,{start},{end},Words,{event.text}\n"


def _frame(seconds: float, fps: int) -> int:
    """The first frame that is shown at that time or later."""
    return math.ceil(round(seconds * fps, 3))


def _escape_ass(text: str) -> str:
    r"""Text that libass shows as it is. A word joiner after a backslash keeps it from meaning a line break."""
    return text.replace("\\", "\\\u2060").replace("{", r"\{").replace("}", r"\}")


def _escaped(text: str) -> str:
    """Text that players of SRT and VTT show as it is: both read tags and entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _bgr(color: str) -> str:
    return f"&H{color[5:7]}{color[3:5]}{color[1:3]}&".upper()


def _clock(seconds: float, mark: str) -> str:
    whole = max(0, round(seconds * 1000))
    return f"{whole // 3600000:02d}:{whole // 60000 % 60:02d}:{whole // 1000 % 60:02d}{mark}{whole % 1000:03d}"
