"""Captions as libass burns them in: the cues of a segment as an ASS document, in a style and at each shot's own place.

Text is laid out here with the fonts' own widths, so that a caption never has more than its lines and never leaves its
area; libass is told the line breaks, and orders and joins the letters of right-to-left text. Words are shown as the
script has them. Emoji have their place in the line, and are drawn in it by events of their own, a colour each: the same
line, of which nothing else is seen.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise

from resources.core.values import Value, Word
from resources.media.layouts import Area
from resources.media.typography import emoji_art
from resources.media.typography.bidi import MARK, leftwards
from resources.media.typography.caption_styles import CaptionStyle
from resources.media.typography.colours import INK, LIT, ink_on, legible, set_apart
from resources.media.typography.cues import Cue, Piece, Stretch, cues_of, pieces_of, text_of, without_flashes
from resources.media.typography.fonts import Font, base_font, runs, set_ink, set_width
from resources.media.typography.phrases import shares
from resources.media.typography.subtitles import clock

_POP = 0.15  # seconds that a word takes to pop up
GROWN = 1.06  # how large it gets on the way
_MARGIN = 0.4  # of the font's size: what outline and plate need round the text
_KEYWORD_LETTERS = 7  # a word of so many letters matters; so does one with a digit, and a name
_CUT_OFF = 0.35  # seconds: of who is fallen in with, no word is shown that begins so much later
_MOMENT = 0.001  # seconds
_GLIMPSE = 0.2  # seconds that one word is to be seen for, at the least, of who is fallen in with
_BOX_PAD = 0.14  # of the font's size: the box round a spoken word

Places = Sequence[tuple[int, Area]]  # from which frame on captions stand in which area


class Spot(Value):
    """Where the captions' band lies from a frame on: its left and upper edge."""

    first: int
    x: int
    y: int


class Sheet(Value):
    """Captions as libass draws them on a band of the picture, as large as the largest one."""

    document: str  # ASS
    width: int
    height: int
    places: tuple[Spot, ...]
    fonts: tuple[Font, ...]  # those that it uses
    redrawn: tuple[int, ...]  # frames that look otherwise than the one before, rising; the first is among them


class _Event(Value):
    """Something that stands on the screen from one frame up to another. It moves for `moves` frames."""

    start: int
    end: int
    text: str  # with its tags
    moves: int = 0
    layer: int = 0


class _Type(Value):
    """How a segment's captions are set."""

    look: CaptionStyle
    font: Font
    em: float  # pixels
    speaker: str  # #rrggbb
    fps: int
    leftward: bool = False  # the segment's words are read from the right

    @property
    def color(self) -> str:
        return legible(self.speaker, self.look.ground, LIT) if self.look.color == "speaker" else self.look.color

    @property
    def accent(self) -> str:
        """Of the spoken word, or of the box behind it."""
        if self.look.accent != "speaker":
            return self.look.accent
        if self.look.moves == "box":
            return legible(self.speaker, INK)
        lit = legible(self.speaker, self.look.ground, LIT)
        return set_apart(lit, self.color) if self.look.moves in ("highlight", "keywords") else lit

    def wide(self, text: str) -> float:
        bare, *emoji = emoji_art.parted(text)
        count = sum(map(len, emoji))
        if not count:
            return set_width(self.shown(text), self.font, self.em)
        spaces = sum(map(bool, emoji)) * set_width(" ", self.font, self.em)
        return set_width(self.shown(bare), self.font, self.em) + spaces + count * emoji_art.WIDE * self.em

    def high(self, cue: Cue) -> float:
        """From the upper edge of a caption's ink to the lower one, outlines and plates left out."""
        ink = max(set_ink(self.shown(text_of(line)), self.font, self.em) for line in cue.lines)
        return (len(cue.lines) - 1) * self.em * self.font.line + ink

    def shown(self, text: str) -> str:
        return text.upper() if self.look.upper else text


def ass(
    words: Sequence[Word],
    look: CaptionStyle,
    *,
    color: str,
    size: tuple[int, int],
    places: Places,
    fps: int,
    until: int | None = None,
    language: str = "en",
    own: Font | None = None,
    place: str = "middle",
) -> Sheet | None:
    """The captions of one segment up to frame `until`, None without a word that can be drawn.

    `size` is the picture in pixels, `places` where text may stand from which frame on, `fps` the rate of the frames
    that changes fall on, `color` the speaker's as #rrggbb, `own` a font of the show's. Raises ContentError for letters
    that no font has.
    """
    text = " ".join(word.text for word in words)
    font = base_font(text, own)
    kind = _Type(look=look, font=font, em=look.size * min(size), speaker=color, fps=fps, leftward=leftwards(text))
    last = math.inf if until is None else until / fps
    cues = list(_placed(_visible(words, kind), kind, places, language, last))
    if not cues:
        return None
    width, height = _band(cues, kind, size)
    events = [
        event
        for cue, area in cues
        for event in _events(cue, kind, area.width, (width, height), place)
        if event.start < event.end
    ]
    if not events:
        return None
    changes = {0, *(event.start for event in events), *(event.end for event in events)}
    moving = (range(event.start, min(event.start + event.moves, event.end)) for event in events)
    return Sheet(
        document=_head(kind, width, height) + "".join(_dialogue(event, fps) for event in events),
        width=width,
        height=height,
        places=tuple(_spot(first, area, width, height, place) for first, area in places),
        fonts=tuple(dict.fromkeys([font, *_fonts(cues, kind)])),
        redrawn=tuple(sorted(changes.union(*moving))),
    )


def _fonts(cues: Sequence[tuple[Cue, Area]], kind: _Type) -> Iterator[Font]:
    for cue, _ in cues:
        for word in cue.words:
            yield from (font for font, _ in runs(kind.shown(word.text), kind.font))


def overflows(
    words: Sequence[Word],
    look: CaptionStyle,
    *,
    size: tuple[int, int],
    places: Places,
    fps: int,
    language: str = "en",
    own: Font | None = None,
) -> tuple[str, ...]:
    """Captions that do not stand in their area at their full size: a word too wide, or all of it too high.

    None has a line too many: `cues_of` lays no such one out. `own`: see `ass`.
    """
    font = base_font(" ".join(word.text for word in words), own)
    kind = _Type(look=look, font=font, em=look.size * min(size), speaker="#ffffff", fps=fps)
    return tuple(
        " / ".join(map(text_of, cue.lines))
        for cue, area in _placed(_visible(words, kind), kind, places, language)
        if not all(kind.wide(text_of(line)) <= area.width for line in cue.lines) or kind.high(cue) > area.height
    )


def _placed(
    words: Sequence[Word], kind: _Type, places: Places, language: str, last: float = math.inf
) -> Iterator[tuple[Cue, Area]]:
    """The cues of each stretch that has one area, with it. No cue outlasts the shot that it begins in, nor `last`."""
    starts = [first / kind.fps for first, _ in places]
    look = kind.look
    pieces = _in_time(pieces_of(words), last, singly=look.words == 1 or look.moves == "typed")
    stretches = [
        Stretch(
            begins=begins,
            ends=ends,
            # A word belongs to the shot that most of it is heard in.
            words=tuple(
                word for word in pieces if begins <= (word.start + word.end) / 2 < ends or (begins == 0 > word.start)
            ),
            lay=partial(
                cues_of, fits=partial(_fits, kind, area.width), lines=look.lines, most=look.words, language=language
            ),
        )
        for (_, area), begins, ends in zip(places, starts, [*starts[1:], last], strict=True)
    ]
    found = without_flashes(stretches) if look.words > 1 else stretches
    for (_, area), stretch in zip(places, found, strict=True):
        for cue in stretch.cues:
            yield cue, area


def _in_time(words: Sequence[Piece], last: float, *, singly: bool) -> list[Piece]:
    """The words that are seen before `last`, among them those that another voice falls in with.

    These are shown with the words before them; where words come `singly`, they all come a little sooner instead.
    """
    shown = [word for word in words if word.start - last < _CUT_OFF]
    whole = next((number for number, word in enumerate(shown) if (word.start + word.end) / 2 >= last), len(shown))
    if not singly:
        late = (each.model_copy(update=_until(each, last)) for each in shown[whole:])
        return [*shown[:whole], *late]
    if whole == len(shown):
        return shown
    while whole and last - shown[whole].start < _GLIMPSE * (len(shown) - whole):
        whole -= 1
    since = max(0.0, min(shown[whole].start, last - _MOMENT))
    times = shares(Word(text="", start=since, end=last - _MOMENT), [each.text for each in shown[whole:]])
    sooner = (each.model_copy(update=spoken) for each, spoken in zip(shown[whole:], times, strict=True))
    return [*shown[:whole], *sooner]


def _until(word: Piece, last: float) -> dict[str, float]:
    return {"start": min(word.start, last - _MOMENT), "end": last - _MOMENT}


def _fits(kind: _Type, width: int, text: str) -> bool:
    return kind.wide(text) <= width


def _visible(words: Sequence[Word], kind: _Type) -> list[Word]:
    """The words as they can be drawn, with the emoji that have a drawing where the style shows any."""
    found = []
    for word in words:
        bare, *emoji = emoji_art.parted(" ".join(word.text.split()))
        before, after = ("".join(filter(emoji_art.drawable, signs)) if kind.look.emoji else "" for signs in emoji)
        text = "".join(part for _, part in runs(bare, kind.font)).strip()
        if shown := " ".join(filter(None, (before, text, after))):
            found.append(word.model_copy(update={"text": shown}))
    return found


def _band(cues: Sequence[tuple[Cue, Area]], kind: _Type, size: tuple[int, int]) -> tuple[int, int]:
    """How large a part of the picture the largest caption needs, with its outline or plate."""
    widest = max(min(kind.wide(text_of(line)), area.width) for cue, area in cues for line in cue.lines)
    rows = max(len(cue.lines) for cue, _ in cues)
    margin = 2 * _MARGIN * kind.em
    wide, high = GROWN * widest + margin, GROWN * rows * kind.em * kind.font.line + margin
    return min(2 * math.ceil(wide / 2), size[0]), min(2 * math.ceil(high / 2), size[1])


def _spot(first: int, area: Area, width: int, height: int, place: str) -> Spot:
    """Where the band lies over an area: its middle, or flush with an edge but for the margin, where there is room.

    It may reach out of the picture: a band that were moved into it would take its text out of its room.
    """
    x = area.x + (area.width - width) / 2
    share = {"top": -0.5, "middle": 0.0, "bottom": 0.5}[place]
    y = area.y + (area.height - height) / 2 + max(0, area.height - height) * share
    left, top = (2 * math.floor(at / 2) for at in (x, y))
    return Spot(first=first, x=left, y=top)


def _head(kind: _Type, width: int, height: int) -> str:
    look, font, em = kind.look, kind.font, kind.em
    # BorderStyle, Outline, Shadow. With libass' style 4 the shadow's size is the margin of one plate for all lines.
    border = f"4,{em * 0.03:.1f},{em * 0.3:.1f}" if look.plate else f"1,{em * look.stroke:.1f},0"
    size = em * font.line
    boxed = f"{size:.1f},&H00{_bgr(ink_on(kind.accent))[2:-1]},&H00{_bgr(kind.accent)[2:-1]},&H00000000"
    return (
        "[Script Info]\nScriptType: v4.00+\n"
        f"PlayResX: {width}\nPlayResY: {height}\nWrapStyle: 2\nScaledBorderAndShadow: yes\n"
        "YCbCr Matrix: None\n\n"  # colours are meant as written; by default they are taken for BT.601 and shift
        "[V4+ Styles]\n"
        "Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, Bold, BorderStyle, Outline, "
        "Shadow, Alignment, Encoding\n"
        f"Style: Words,{font.family},{size:.1f},&H00{_bgr(kind.color)[2:-1]},&H00{_bgr(look.stroke_color)[2:-1]},"
        f"&H40140E0A,{-int(font.bold)},{border},5,-1\n"  # -1: a line is read as its first letter is
        f"Style: Boxed,{font.family},{boxed},{-int(font.bold)},3,{em * _BOX_PAD:.1f},0,5,-1\n\n"
        "[Events]\nFormat: Layer, Start, End, Style, Text\n"
    )


def _events(cue: Cue, kind: _Type, room: int, band: tuple[int, int], place: str) -> Iterator[_Event]:
    """The events of a caption: one for each word where the spoken word stands out, else one."""
    look, em, font = kind.look, kind.em, kind.font
    widest = max(kind.wide(text_of(line)) for line in cue.lines)
    factor = room / widest if widest > room else 1.0
    edge, align = {"top": (_MARGIN * em, 8), "middle": (band[1] / 2, 5), "bottom": (band[1] - _MARGIN * em, 2)}[place]
    size = rf"\fs{em * font.line * factor:.1f}" if factor < 1 else ""
    at = rf"\an{align}\pos({band[0] / 2:g},{edge:g}){size}"
    start, end = _frame(cue.start, kind.fps), _frame(cue.end, kind.fps)
    write = partial(_written, kind=kind, factor=factor)

    def event(shown: Callable[[Piece], str], first: int, last: int, more: str = "", moves: int = 0) -> _Event:
        lead = MARK if kind.leftward else ""
        room_for = partial(_with_room, shown=shown, em=em * factor)
        text = r"\N".join(lead + text_of(line, room_for) for line in cue.lines)
        return _Event(start=first, end=last, text=f"{{{at}{more}}}{text}", moves=moves)

    grow = rf"\fscx78\fscy78\t(0,90,\fscx106\fscy106)\t(90,{1000 * _POP:g},\fscx100\fscy100)"
    pops = look.moves == "pop"
    yield from _emoji_events(cue, kind, em * factor, at + (grow if pops else ""), write, (start, end), pops=pops)
    if look.moves in ("still", "keywords"):
        keys = _keywords(cue) if look.moves == "keywords" else ()
        yield event(lambda word: write(word, color=kind.accent if word in keys else ""), start, end)
    elif look.moves == "pop":
        yield event(write, start, end, grow, moves=2 + int(_POP * kind.fps))
    elif look.moves == "typed":
        yield from _typed(cue, kind, event, write, end)
    else:
        ends = [*(_frame(word.start, kind.fps) for word in cue.words[1:]), end]
        starts = [start, *ends[:-1]]
        for spoken, first, until in zip(cue.words, starts, ends, strict=True):
            yield event(partial(_lit, spoken=spoken, kind=kind, write=write), first, until)


def _with_room(word: Piece, *, shown: Callable[[Piece], str], em: float) -> str:
    """A word with the places of its emoji."""
    hidden, visible = r"{\alpha&HFF&}", r"{\alpha&H00&}"
    before, after = ((hidden + emoji_art.room(em) * len(signs) + visible) for signs in (word.before, word.after))
    return f"{before + ' ' if word.before else ''}{shown(word)}{' ' + after if word.after else ''}"


def _emoji_events(
    cue: Cue, kind: _Type, em: float, tags: str, write: Callable[..., str], times: tuple[int, int], *, pops: bool
) -> Iterator[_Event]:
    """The emoji of a caption, the lowest colour first: from its start on, or each when its word has been typed."""
    typed = kind.look.moves == "typed"
    begun: dict[int, list[Piece]] = {}
    for word in cue.words:
        if word.before or word.after:
            begun.setdefault(_frame(word.end, kind.fps) if typed else times[0], []).append(word)
    border = kind.em * kind.look.stroke

    def line(drawn: Callable[[str], str], seen: Sequence[Piece]) -> str:
        def shown(word: Piece) -> str:
            draw = drawn if any(word is each for each in seen) else lambda _: emoji_art.room(em)
            signs = ("".join(map(draw, each)) for each in (word.before, word.after))
            before, after = signs
            return f"{before + ' ' if word.before else ''}{write(word)}{' ' + after if word.after else ''}"

        return r"\N".join(text_of(words, shown) for words in cue.lines)

    for start, words in begun.items():
        signs = [sign for word in words for sign in (*word.before, *word.after)]
        outline = partial(emoji_art.silhouette, em=em, color=_bgr(kind.look.stroke_color), border=border)
        colors = [
            partial(emoji_art.layer, em=em, number=number)
            for number in range(max(len(emoji_art.shapes(sign)) for sign in signs))
        ]
        for number, drawn in enumerate([outline, *colors], start=1):
            text = rf"{{{tags}\alpha&HFF&\bord0}}{line(drawn, words)}"
            moves = 2 + int(_POP * kind.fps) if pops else 0
            yield _Event(start=start, end=times[1], text=text, moves=moves, layer=number)


def _lit(word: Piece, *, spoken: Piece, kind: _Type, write: Callable[..., str]) -> str:
    """A word, coloured or boxed while it is spoken. Nothing moves: a word that grows would shake its neighbours."""
    if word is not spoken:
        return write(word)
    if kind.look.moves == "box":
        return rf"{{\rBoxed}}{write(word)}{{\rWords}}"
    return write(word, color=kind.accent)


def _typed(
    cue: Cue, kind: _Type, event: Callable[..., _Event], write: Callable[..., str], end: int
) -> Iterator[_Event]:
    """A caption letter by letter: what is not spoken yet has its place, and is not seen."""
    words = cue.words
    steps: list[tuple[int, int, int]] = []  # frame, how many words are there, how many letters of the next
    for number, word in enumerate(words):
        letters = len(word.text)
        if number == 0 and (start := _frame(cue.start, kind.fps)) < _frame(word.start, kind.fps):
            steps.append((start, 0, letters))  # a picture begins with what it says, and not with an empty line
            continue
        each = max(1, math.ceil(letters / max(1, round((word.end - word.start) * kind.fps))))
        for typed in range(each, letters + each, each):
            moment = word.start + (word.end - word.start) * (min(typed, letters) - each) / letters
            steps.append((_frame(moment, kind.fps), number, min(typed, letters)))
    last_of = {frame: (number, typed) for frame, number, typed in steps}
    frames = sorted(last_of)
    for frame, until in pairwise([*frames, max(end, frames[-1] + 1)]):
        number, letters = last_of[frame]

        def shown(word: Piece, number: int = number, letters: int = letters) -> str:
            place = next(at for at, each in enumerate(words) if each is word)
            if place < number:
                return write(word)
            hidden = r"{\alpha&HFF&}"
            if place > number:
                return hidden + write(word) + r"{\alpha&H00&}"
            head, tail = (word.model_copy(update={"text": part}) for part in (word.text[:letters], word.text[letters:]))
            return write(head) + (hidden + write(tail) + r"{\alpha&H00&}" if tail.text else "")

        yield event(shown, frame, min(until, end))


def _keywords(cue: Cue) -> tuple[Piece, ...]:
    """The words that matter: numbers, names, long ones; the longest where there is none of these and several words."""
    found = tuple(word for place, word in enumerate(cue.words) if _matters(word.text, first=place == 0))
    return found or (tuple(sorted(cue.words, key=lambda word: -len(word.text))[:1]) if len(cue.words) > 1 else ())


def _matters(text: str, *, first: bool) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    named = bool(letters) and letters[0].isupper() and not first and len(letters) > 2
    return any(letter.isdigit() for letter in text) or len(letters) >= _KEYWORD_LETTERS or named


def _written(word: Piece, *, kind: _Type, factor: float, color: str = "") -> str:
    """A word as libass reads it: each run of letters in its font, in `color` where that is another."""
    text = "".join(_run(font, part, kind, factor) for font, part in runs(kind.shown(word.text), kind.font))
    return rf"{{\1c{_bgr(color)}}}{text}{{\1c{_bgr(kind.color)}}}" if color else text


def _run(font: Font, part: str, kind: _Type, factor: float) -> str:
    shown = _escape_ass(part)
    if font == kind.font:
        return shown
    size, back = kind.em * font.line * factor, kind.em * kind.font.line * factor
    bold, was = int(font.bold), int(kind.font.bold)
    return rf"{{\fn{font.family}\fs{size:.1f}\b{bold}}}{shown}{{\fn{kind.font.family}\fs{back:.1f}\b{was}}}"


def _dialogue(event: _Event, fps: int) -> str:
    """Times lie half a frame before the frame that is meant: ASS has centiseconds, and no rounding may lose a frame."""
    start, end = (clock(max(0.0, frame - 0.5) / fps, ".")[1:-1] for frame in (event.start, event.end))  # H:MM:SS.cc
    return f"Dialogue: {event.layer},{start},{end},Words,{event.text}\n"


def _frame(seconds: float, fps: int) -> int:
    """The first frame that is shown at that time or later."""
    return math.ceil(round(seconds * fps, 3))


def _escape_ass(text: str) -> str:
    r"""Text that libass shows as it is. A word joiner after a backslash keeps it from meaning a line break."""
    return text.replace("\\", "\\\u2060").replace("{", r"\{").replace("}", r"\}")


def _bgr(color: str) -> str:
    return f"&H{color[5:7]}{color[3:5]}{color[1:3]}&".upper()
