"""The director's rules, over turns that nobody would write too."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.content.show import Direction, Format
from resources.core.errors import ContentError
from resources.core.values import Word
from resources.media.direction.director import SpokenTurn, plan
from resources.media.direction.styles import PLAIN, SHORT_LONGEST, STYLES, direction
from resources.media.direction.views import SOFTEST, Stage, beside, main_pane, shown
from resources.media.layouts import LAYOUTS, Seat, arrangement, enlargement
from resources.media.timebase import FPS

LONGEST = 5.0  # seconds until a picture changes, in any format
HALF = 0.5 / FPS
CLIP = {shape: shape.clip_size for shape in Format}


def stage(shape: Format = Format.SHORT, *, alone: bool = False, first: bool = True, scale: float = 1.0) -> Stage:
    size = (round(CLIP[shape][0] * scale), round(CLIP[shape][1] * scale))
    plain = {Format.SHORT: "videochat", Format.LONG: "newsdesk", Format.SQUARE: "videochat"}[shape]
    return Stage(
        format=shape,
        plain="single" if alone else plain,
        speaker=size,
        listener=None if alone else size,
        first=first,
    )


def spoken(lengths: list[tuple[float, float, str]]) -> tuple[Word, ...]:
    """Words by (seconds, silence after, text)."""
    words, at = [], 0.06
    for seconds, pause, text in lengths:
        words.append(Word(text=text, start=round(at, 3), end=round(at + seconds, 3)))
        at += seconds + pause
    return tuple(words)


def turn(words: tuple[Word, ...], **more: object) -> SpokenTurn:
    frames = max(2 * FPS, int((words[-1].end + 0.25) * FPS) + 1)
    basic = SpokenTurn(number=1, turns=4, frames=frames, words=words)
    return basic.model_copy(update=more)


WORDS = st.lists(
    st.tuples(
        st.floats(0.08, 0.9),
        st.sampled_from([0.0, 0.0, 0.02, 0.15, 0.5]),
        st.sampled_from(["so", "hammer,", "patch.", "NERFED", "really?", "microtransactions"]),
    ),
    min_size=1,
    max_size=60,
).map(spoken)
TURNS = st.builds(
    lambda words, number, mood, loud: turn(
        words, number=number, turns=8, mood=mood, stressed=tuple(sorted({each % len(words) for each in loud}))
    ),
    WORDS,
    st.integers(0, 7),
    st.booleans(),
    st.lists(st.integers(0, 59), max_size=6),
)
STAGES = st.builds(
    stage,
    st.sampled_from(list(Format)),
    alone=st.booleans(),
    first=st.booleans(),
    scale=st.sampled_from([0.6, 0.8, 1.0, 1.5, 2.0]),
)


@given(TURNS, STAGES, st.sampled_from(list(STYLES.values())))
def test_shots_fill_the_turn_change_between_words_and_come_in_time(
    message: SpokenTurn, where: Stage, style: object
) -> None:
    shots = plan(message, style, where)  # type: ignore[arg-type]
    assert [shots[0].first, *(shot.end for shot in shots)] == [*(shot.first for shot in shots), message.frames]
    assert all(shot.frames > 0 for shot in shots)
    for shot in shots[1:]:
        at = shot.first / FPS
        assert not any(word.start + HALF + 1e-3 < at < word.end - HALF - 1e-3 for word in message.words)
    most = SHORT_LONGEST if where.format is Format.SHORT else LONGEST
    assert max(shot.frames for shot in shots) / FPS <= most + 1e-6


@given(TURNS, STAGES, st.sampled_from(list(STYLES.values())))
def test_no_shot_is_soft_and_each_is_another_picture_than_the_one_before(
    message: SpokenTurn, where: Stage, style: object
) -> None:
    shots = plan(message, style, where)  # type: ignore[arg-type]
    plain = main_pane(arrangement(where.plain, where.format), first=where.first).area
    for shot in shots:
        for pane in arrangement(shot.layout, where.format).panes:
            listens = pane.seat is Seat.LISTENER or pane.seat is (Seat.SECOND if where.first else Seat.FIRST)
            clip = where.listener if listens and where.listener else where.speaker
            most = SOFTEST * max(1.0, enlargement(plain, clip))
            nearest = (
                max(shot.zoom) if pane == main_pane(arrangement(shot.layout, where.format), first=where.first) else 1
            )
            assert shot.layout == where.plain or enlargement(pane.area, clip) * nearest <= most + 1e-3
    for before, after in pairwise(shots):
        assert (before.layout, round(before.zoom[1], 2)) != (after.layout, round(after.zoom[0], 2))


@given(WORDS, WORDS, st.integers(1, 6), st.sampled_from([True, False]))
def test_every_joint_is_a_new_picture(
    one: tuple[Word, ...],
    two: tuple[Word, ...],
    number: int,
    first: bool,
) -> None:
    for style in STYLES.values():
        before = plan(turn(one, number=number - 1, turns=8, mood=True), style, stage())[-1]
        after = plan(turn(two, number=number, turns=8), style, stage(first=first))[0]
        assert before.layout != after.layout


@given(TURNS, TURNS, st.sampled_from(list(STYLES)), st.sampled_from(list(Format)), st.booleans())
def test_a_face_alone_is_never_cut_to_itself(
    one: SpokenTurn, two: SpokenTurn, name: str, shape: Format, first: bool
) -> None:
    before = plan(one, STYLES[name], stage(shape, first=first))
    after = plan(two.model_copy(update={"number": one.number + 1}), STYLES[name], stage(shape, first=not first))
    alone = {**dict.fromkeys(["solo", "cutaway", "inset", "second-inset", "pip"], "speaker"), "reaction": "listener"}
    whose = [alone.get(shot.layout) for shot in before]
    other = {"speaker": "listener", "listener": "speaker", None: None}
    whose += [other[alone.get(shot.layout)] for shot in after]  # who spoke listens, and the other way round
    assert not any(face and face == again for face, again in pairwise(whose))


@pytest.mark.parametrize("name", ["calm", "lively"])
def test_each_person_is_seen_in_all_views_of_a_style(name: str) -> None:
    long = spoken([(0.3, 0.05, "word")] * 40)
    for person in (0, 1):
        rows = [plan(turn(long, number=person + 2 * time, turns=20), STYLES[name], stage()) for time in (1, 2)]
        assert {shot.layout for row in rows for shot in row} == {"videochat", "first-near", "solo", "inset"}


@pytest.mark.parametrize("first", [True, False])
def test_nobody_changes_sides_from_shot_to_shot(first: bool) -> None:
    where = stage(Format.LONG, first=first)
    for view in ("two", "near", "inset"):
        chosen = shown(view, where)
        assert chosen is not None
        place = arrangement(chosen.layout, Format.LONG)
        main = main_pane(place, first=first)
        other = next(pane for pane in place.panes if pane is not main)
        assert (main.area.x < other.area.x) == first, view


@pytest.mark.parametrize("plain", ["videochat", "newsdesk"])
@pytest.mark.parametrize("shape", list(Format))
def test_who_sits_beside_another_is_never_under_the_other_next(shape: Format, plain: str) -> None:
    long = spoken([(0.3, 0.05, "word")] * 60)
    for style in STYLES.values():
        for number in range(4):
            where = stage(shape, first=number % 2 == 0).model_copy(update={"plain": plain})
            both = [
                place
                for shot in plan(turn(long, number=number, turns=9), style, where)
                if len((place := arrangement(shot.layout, shape)).panes) == 2
            ]
            assert {beside(place) for place in both if place.panes[1].seat is Seat.SECOND} <= {
                beside(arrangement(plain, shape))
            }


def test_a_joint_is_a_new_picture_where_the_clips_have_pixels_for_the_plain_layout_alone() -> None:
    long = spoken([(0.3, 0.05, "word")] * 20)
    for style in STYLES.values():
        for number in (1, 2):
            where = Stage(format=Format.SQUARE, plain="videochat", speaker=(504, 720), listener=(504, 720), first=True)
            before = plan(turn(long, number=number - 1, turns=8), style, where)[-1]
            after = plan(turn(long, number=number, turns=8), style, where.model_copy(update={"first": False}))[0]
            assert (before.layout, after.layout) == ("videochat", "videochat")
            assert after.zoom[0] >= 1.08  # of another pane than was nearer before


def test_all_who_are_there_open_and_close_an_episode() -> None:
    long = spoken([(0.3, 0.05, "word")] * 30)
    opening = plan(turn(long, number=0, turns=3, held=2.5), STYLES["lively"], stage())
    closing = plan(turn(long, number=2, turns=3), STYLES["lively"], stage())
    assert (opening[0].layout, closing[-1].layout) == ("videochat", "videochat")
    assert opening[0].frames >= 2.5 * FPS
    assert closing[-2].layout != "videochat"


def test_the_listener_is_seen_on_the_last_second_of_a_punchline() -> None:
    joke = spoken([*[(0.3, 0.05, "word")] * 12, (0.3, 0.3, "end."), (0.3, 0.02, "Frame"), (0.3, 0.0, "it.")])
    lively, calm = (plan(turn(joke), STYLES[name], stage()) for name in ("lively", "calm"))
    assert lively[-1].layout == "reaction"
    assert 0.7 * FPS <= lively[-1].frames <= 1.6 * FPS
    assert calm[-1].layout != "reaction"
    assert plan(turn(joke, number=3), STYLES["lively"], stage())[-1].layout == "videochat"


def test_a_stressed_word_begins_a_nearer_shot() -> None:
    words = spoken([(0.3, 0.02, "word")] * 16)
    shots = plan(turn(words, stressed=(7,)), STYLES["lively"], stage())
    assert [shot.why for shot in shots if "stressed" in shot.why] == ["stressed: word"]
    at = next(shot.first for shot in shots if "stressed" in shot.why) / FPS
    assert words[6].end - HALF <= at <= words[7].start + HALF


def test_the_whole_frame_is_filled_only_by_clips_that_have_the_pixels() -> None:
    words = spoken([(0.3, 0.02, "word")] * 20)
    small = {shot.layout for shot in plan(turn(words), STYLES["lively"], stage())}
    large = {shot.layout for shot in plan(turn(words), STYLES["lively"], stage(scale=1.7))}
    assert "cutaway" not in small
    assert "solo" in small
    assert "cutaway" in large


@pytest.mark.parametrize("style", list(STYLES.values()))
def test_pushes_are_slow(style: object) -> None:
    shots = plan(turn(spoken([(0.3, 0.05, "word")] * 40)), style, stage())  # type: ignore[arg-type]
    assert all(1 <= shot.zoom[1] / shot.zoom[0] <= 1.06 for shot in shots)


def test_styles_are_known_by_their_names_and_an_unknown_one_is_refused() -> None:
    told = Direction.model_json_schema()["properties"]["style"]["enum"]
    assert set(told) == {*STYLES, PLAIN}
    assert direction(PLAIN) is None
    with pytest.raises(ContentError, match="calm, lively, news, plain"):
        direction("wild")
    assert Direction.model_validate("calm").style == "calm"
    assert all(shot.layout in LAYOUTS for shot in plan(turn(spoken([(1, 0, "a")])), STYLES["news"], stage()))


@given(TURNS, st.sampled_from(list(STYLES)), st.sampled_from(list(Format)), st.integers(1, 60))
def test_a_beat_is_seen_before_the_voice_and_a_short_one_goes_with_the_first_shot(
    message: SpokenTurn, style: str, shape: Format, opening: int
) -> None:
    later = message.model_copy(update={"opening": opening, "frames": message.frames + opening})
    shots = plan(later, STYLES[style], stage(shape))
    assert (shots[0].first, shots[-1].end) == (0, later.frames)
    assert all(before.end == after.first for before, after in pairwise(shots))
    assert (shots[0].end == opening) == (opening >= FPS // 2)
    if shape is Format.SHORT:
        assert max(shot.frames for shot in shots) <= SHORT_LONGEST * FPS
    words = [word.later(opening / FPS) for word in message.words]
    for shot in shots[1:]:
        assert not any(word.start + HALF + 1e-6 < shot.first / FPS < word.end - HALF - 1e-6 for word in words)


def test_a_listener_is_not_cut_to_after_a_word_that_leans_on_the_next() -> None:
    words = spoken(
        [(0.4, 0.05, "soup")] * 8 + [(0.4, 0.2, "soup."), (0.2, 0.0, "I"), (0.5, 0.0, "ordered"), (0.4, 0.0, "two.")]
    )
    shots = plan(turn(words, mood=True), STYLES["lively"], stage())
    assert shots[-1].layout == "reaction"
    assert words[-4].end <= shots[-1].first / FPS <= words[-3].start


@given(WORDS, WORDS, st.integers(0, 40), st.sampled_from(list(STYLES)), STAGES)
def test_a_headline_that_goes_on_keeps_its_place_and_the_picture_under_it(
    short: tuple[Word, ...], long: tuple[Word, ...], opening: int, name: str, where: Stage
) -> None:
    """In a Short the two faces share the height: nearer to one of them, there was another place for the headline."""
    left = 9.0
    first = plan(turn(short[:1], number=0, turns=8, held=10.0), STYLES[name], where)[-1]
    words = turn(long, number=1, turns=8, held=left)
    later = plan(words.model_copy(update={"opening": opening, "frames": words.frames + opening}), STYLES[name], where)
    title = arrangement(first.layout, where.format).title
    assert arrangement(later[0].layout, where.format).title == title
    assert first.zoom == (1.0, 1.0)
    if later[0].layout == first.layout:
        assert later[0].zoom[0] == 1.0
    if opening:
        assert later[0].end > opening  # no shot of the beat alone: the headline would go with it


def test_a_headline_stands_as_long_as_asked_though_the_voice_begins_late() -> None:
    words = turn(spoken([(0.3, 0.05, "word,")] * 30), number=0, turns=3, held=3.0)
    late = words.model_copy(update={"opening": 12, "frames": words.frames + 12})
    assert plan(late, STYLES["lively"], stage())[0].frames >= 3.0 * FPS
