"""The director: cuts a turn into shots by what is known of it. A pure function of values, made anew at any time.

Where to cut: never inside a word; no shot longer than the style's longest, or than 4 s in a Short; best where a
sentence ends or a stressed word begins. What to show: the first turn opens and the last one closes with all who are
there; a turn begins as no turn ends, so that every joint is a new picture without asking what stands beside it. A face
alone and both faces take turns: one face cut to itself, as near and in the same place, is a jump and no new picture.
A headline that goes on from turn to turn is read: the picture under it stays, for another layout has another place for
it.
"""

import math
from collections.abc import Sequence
from itertools import cycle, islice

from resources.content.lines.speech import ends_sentence, leans_on
from resources.content.show import Format
from resources.core.values import Value, Word
from resources.media.direction.framings import Shot
from resources.media.direction.styles import SHORT_LONGEST, DirectionStyle, View
from resources.media.direction.views import Chosen, Stage, shown
from resources.media.layouts import arrangement
from resources.media.timebase import FPS

_REACTION = (0.7, 1.6)  # seconds of the turn's end that the listener may be seen for: about its last second
_BEAT = 15  # frames before the voice that are a shot of their own
_PUNCHLINE_WORDS = 6  # a last sentence of no more words is one; so is any that the listener has a mood for
_ALONE: tuple[View, ...] = ("solo", "inset")  # of one face, as near and in the same place
_INSTEAD: dict[View, tuple[View, ...]] = {"near": ("two",), "inset": ("near", "solo", "two")}
_CLAUSE = (",", ";", ":", "—", "–", "，", "、", "；")
# What a cut is worth in a gap, beside how far the shot's length is from the ideal.
_WORTH_SENTENCE, _WORTH_STRESS, _WORTH_CLAUSE = 1.0, 0.9, 0.4
_LEANING = 0.5  # what it costs to part a word from the one that it leans on: a caption changes with the shot
_TOO_LONG, _TOO_SHORT = 1000.0, 5.0  # times the seconds that a shot is beyond the style's limits: never longer


class SpokenTurn(Value):
    """A turn as the director knows it: its place in the episode, its words, and what is special about it."""

    number: int  # among the turns, from 0
    turns: int
    frames: int
    words: tuple[Word, ...]
    stressed: tuple[int, ...] = ()  # numbers of words
    mood: bool = False  # the listener has one: a reaction is worth seeing
    opening: int = 0  # frames before the voice begins; `words` count from its beginning, `frames` hold them too
    held: float = 0.0  # seconds that the first shot is held at least: the headline stands over it


class _Gap(Value):
    """A place where a shot may begin: between two words."""

    frame: int
    worth: float
    stressed: str = ""  # the word that begins there


def plan(turn: SpokenTurn, style: DirectionStyle, stage: Stage) -> tuple[Shot, ...]:
    """The shots of a turn, in order and without gaps, from frame 0 to its last. At least one.

    A beat before the voice is a shot of its own, of who is to speak; a shorter one, or one under a headline, goes with
    the first shot.
    """
    if turn.held > turn.frames / FPS:  # the next turn begins where this one is
        style = style.model_copy(update={"push": 0.0})
    if not turn.opening:
        return tuple(_changing(_spoken(turn, style, stage), style, stage))
    beat = turn.opening if turn.opening >= _BEAT and not turn.held else 0
    whole = {"frames": turn.frames - turn.opening, "opening": 0}
    shots = [
        shot.model_copy(update={"first": shot.first + turn.opening, "end": shot.end + turn.opening})
        for shot in _spoken(turn.model_copy(update=whole), style, stage, lead=turn.opening - beat)
    ]
    first = shots[0].model_copy(update={"first": beat})
    waiting = [_shot("two" if turn.number == 0 else "solo", "a beat", (0, beat), style, stage)] if beat else []
    return tuple(_changing([*waiting, first, *shots[1:]], style, stage))


def _spoken(turn: SpokenTurn, style: DirectionStyle, stage: Stage, *, lead: int = 0) -> list[Shot]:
    """The shots from the beginning of the voice on. The first one is seen `lead` frames before."""
    longest = min(style.longest, SHORT_LONGEST) if stage.format is Format.SHORT else style.longest
    gaps = _gaps(turn)
    reaction = _reaction(turn, style, stage, gaps)
    end = reaction or turn.frames
    cuts = _cuts([gap for gap in gaps if gap.frame < end], (-lead, end), style, longest, turn.held)
    starts = [0, *(gap.frame for gap in cuts), *([reaction] if reaction else [])]
    ends = [*starts[1:], turn.frames]
    views = _views(turn, style, stage, len(cuts) + 1, closing=reaction is None)
    whys = ["", *(f"stressed: {gap.stressed}" if gap.stressed else "" for gap in cuts)]
    shots = [
        _shot(view, why, (first, last), style, stage)
        for view, why, first, last in zip(views, whys, starts, ends, strict=False)
    ]
    if reaction:
        shots.append(_shot("reaction", "the punchline lands", (reaction, turn.frames), style, stage))
    return shots


def _gaps(turn: SpokenTurn) -> list[_Gap]:
    """Every frame between two words at which the picture may change, with what it is worth."""
    found = []
    for number, (word, after) in enumerate(zip(turn.words, turn.words[1:], strict=False), start=1):
        frame = _between(word, after, turn.words)
        if frame is None or not 0 < frame < turn.frames:
            continue
        worth = _WORTH_SENTENCE if ends_sentence(word.text) else _WORTH_CLAUSE * word.text.endswith(_CLAUSE)
        loud = number in turn.stressed
        worth = max(worth, _WORTH_STRESS * loud) - _LEANING * leans_on(word.text, after.text)
        found.append(_Gap(frame=frame, worth=worth, stressed=_bare(after.text) if loud else ""))
    silence = round(turn.words[-1].end * FPS) + 1 if turn.words else 0
    # Silence has no words to cut: it may be changed in every half second.
    quiet = [_Gap(frame=frame, worth=0.0) for frame in range(silence, turn.frames, FPS // 2) if frame > 0]
    return sorted({gap.frame: gap for gap in [*quiet, *found]}.values(), key=lambda gap: gap.frame)


def _between(word: Word, after: Word, words: Sequence[Word]) -> int | None:
    """The last whole frame before `after` begins that is in no word; where two words touch, the nearest to the seam."""
    frame = math.floor(after.start * FPS + 1e-6)
    if frame / FPS < word.end - 1e-6:
        frame = round((word.end + after.start) / 2 * FPS)
    half = 0.5 / FPS + 1e-6
    inside = any(each.start + half < frame / FPS < each.end - half for each in words)
    return None if inside else frame


def _reaction(turn: SpokenTurn, style: DirectionStyle, stage: Stage, gaps: Sequence[_Gap]) -> int | None:
    """The frame from which the listener is seen on a punchline; None where there is none, or the episode closes."""
    if not style.reactions or stage.listener is None or turn.number == turn.turns - 1 or not _lands(turn):
        return None
    if shown("reaction", stage) is None:
        return None
    least, most = (round(turn.frames - seconds * FPS) for seconds in _REACTION)
    possible = [gap for gap in gaps if most <= gap.frame <= least and gap.frame >= style.shortest * FPS]
    wanted = turn.frames - 1.05 * FPS
    # A caption changes with the shot: no word is left alone that leans on the next one, where that can be helped.
    return min(possible, key=lambda gap: (gap.worth < 0, abs(gap.frame - wanted))).frame if possible else None


def _lands(turn: SpokenTurn) -> bool:
    """Whether the turn ends in a punchline: a short last sentence, or one that the listener answers with a mood."""
    ends = [number for number, word in enumerate(turn.words[:-1]) if ends_sentence(word.text)]
    last = len(turn.words) - 1 - (ends[-1] if ends else -1)
    return bool(turn.words) and (turn.mood or (bool(ends) and last <= _PUNCHLINE_WORDS))


def _cuts(
    gaps: Sequence[_Gap], span: tuple[int, int], style: DirectionStyle, longest: float, held: float
) -> list[_Gap]:
    """The gaps to cut at, so that the row of shots over `span` costs least."""
    begin, end = span
    begins = [_Gap(frame=begin, worth=0.0), *gaps]
    best: list[tuple[float, int]] = [(0.0, -1)]  # cost up to a gap, and the gap before it

    def cost(first: _Gap, last: int) -> float:
        seconds = (last - first.frame) / FPS
        least = max(style.shortest, min(held, longest) if first.frame == begin else 0.0)
        return (
            ((seconds - style.ideal) / style.ideal) ** 2
            + _TOO_LONG * (seconds > longest) * (1 + seconds - longest)
            + _TOO_SHORT * max(0.0, least - seconds)
        )

    for number, gap in enumerate(begins[1:], start=1):
        best.append(
            min((best[before][0] + cost(begins[before], gap.frame) - gap.worth, before) for before in range(number))
        )
    _, last = min((best[number][0] + cost(begins[number], end), number) for number in range(len(begins)))
    chosen = []
    while last > 0:
        chosen.append(begins[last])
        last = best[last][1]
    return chosen[::-1]


def _views(turn: SpokenTurn, style: DirectionStyle, stage: Stage, count: int, *, closing: bool) -> list[View]:
    """What each of `count` shots shows. A turn opens as no turn closes, and one face alone never follows itself."""
    opens: View = "two" if turn.number == 0 else style.opens[turn.number % len(style.opens)]
    if opens == "two" and turn.number and shown("near", stage) is None:
        opens = "near"  # in one and the same layout every turn comes nearer
    if turn.held and not _keeps_headline(opens, stage):
        opens = "two"
    # Every other turn of a person goes on with the second half of the row, so that all of it is seen.
    half = len(style.goes_on) // 2 * (turn.number // len(style.opens) % 2)
    row = [*style.goes_on[half:], *style.goes_on[:half]]
    row = row if (row[0] in _ALONE) != (opens in _ALONE) else [*row[1:], row[0]]
    views = [opens, *islice(cycle(row), count - 1)]
    last = turn.number == turn.turns - 1
    if count > 1 and (views[-1] in _ALONE if last else closing and views[-1] in style.opens):
        pair = next(place for place, view in enumerate(views) if view not in _ALONE)
        views.insert(pair + 1, "near" if views[pair] == "two" else "two")  # both of them once more, from elsewhere
        views.pop()
    if last and count > 1:
        views[-1] = "two"
        if views[-2] == "two" and turn.number:
            views[-2] = "near"
    return views


def _keeps_headline(view: View, stage: Stage) -> bool:
    """Whether a headline of the plain layout has the same place in a view."""
    found = shown(view, stage)
    return (
        found is not None
        and arrangement(found.layout, stage.format).title == arrangement(stage.plain, stage.format).title
    )


def _shot(view: View, why: str, place: tuple[int, int], style: DirectionStyle, stage: Stage) -> Shot:
    """A view as a shot: the first of it and its neighbours that the clips' pixels allow.

    Both faces give way to both faces: what opens a turn stays a view that none closes with.
    """
    views = (view, *_INSTEAD.get(view, ("solo", "two")))
    chosen = next((found for each in views if (found := shown(each, stage))), None)
    chosen = chosen or Chosen(layout=stage.plain, most=1.0)
    begins = min(_wanted(view, why, chosen, style, stage), chosen.most) if view != "solo" else 1.0
    seconds = (place[1] - place[0]) / FPS
    # A push is as slow in a short shot as in a long one: over the style's ideal time it comes nearer by `push`.
    push = style.push * min(1.0, seconds / style.ideal)
    ends = min(begins * (1 + push), max(chosen.most, begins))
    return Shot(
        layout=chosen.layout,
        first=place[0],
        end=place[1],
        zoom=(round(begins, 4), round(ends, 4)),
        why=why or _WHY.get(view, ""),
    )


def _wanted(view: View, why: str, chosen: Chosen, style: DirectionStyle, stage: Stage) -> float:
    """How near a face is to be when a shot begins."""
    if why.startswith("stressed"):
        return style.punch
    if chosen.layout == stage.plain and view in ("near", "inset"):
        return _STEP  # where there is no other layout, a turn opens nearer than the one before has closed
    return _NEAR if view == "near" else 1.0


_NEAR = 1.06  # a face that has come nearer fills more of a pane that is larger already
_STEP = 1.12  # a change of framing in one and the same layout
_WHY = {"two": "everybody", "near": "the speaker nearer", "inset": "the listener beside", "solo": "the speaker"}


def _changing(shots: Sequence[Shot], style: DirectionStyle, stage: Stage) -> list[Shot]:
    """The shots, each in another framing than the one before: one that would repeat it comes nearer, or goes back."""
    changed: list[Shot] = []
    for shot in shots:
        before = changed[-1] if changed else None
        if before is None or before.layout != shot.layout or abs(shot.zoom[0] / before.zoom[1] - 1) >= _CHANGE:
            changed.append(shot)
            continue
        changed.append(_other(before, shot, style, stage))
    return changed


_CHANGE = 0.08  # of a face's size: by less, a cut looks like a jump


def _other(before: Shot, shot: Shot, style: DirectionStyle, stage: Stage) -> Shot:
    """The same time in another view, or nearer; as one with the shot before where there is no other."""
    for view in ("solo", "two", "near"):
        found = shown(view, stage)
        if found and found.layout != before.layout:
            return _shot(view, shot.why, (shot.first, shot.end), style, stage)
    chosen = shown("two", stage) or Chosen(layout=stage.plain, most=1.0)
    near = min(chosen.most, before.zoom[1] * _STEP)
    zoom = near if near / before.zoom[1] - 1 >= _CHANGE else 1.0
    return shot.model_copy(update={"layout": chosen.layout, "zoom": (round(zoom, 4), round(zoom, 4))})


def _bare(text: str) -> str:
    return text.strip(".,;:!?…\"'“”‘’()")
