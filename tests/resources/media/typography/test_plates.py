import io
import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from resources.content.show import Format
from resources.core.library import Library
from resources.core.values import Media
from resources.media.direction.framings import Shot
from resources.media.layouts import LAYOUTS, LEAST_TEXT, Area, arrangement
from resources.media.picture.composite import composite
from resources.media.picture.composite_order import CompositeOrder
from resources.media.typography.plates import Banner, card_box, draw_card, draw_third, tag_setting, third_setting
from tests.resources.media.footage import burst, clip, order, pictures, voice

COLOR = "#22d3ee"
LONG = "Patch 2.1 breaks the meta, the servers, three records and everybody's favourite build at once, tonight"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def face(library: Library, tmp_path: Path) -> Media:
    return clip(library, tmp_path)


@pytest.fixture
def sound(library: Library) -> Media:
    return voice(library, burst(1.2, seed=1))


@pytest.mark.parametrize("text", ["Hi", LONG, "W" * 100, "🔥" * 60, f"🥷 {LONG} 🔥"])
@pytest.mark.parametrize("name", list(LAYOUTS))
@pytest.mark.parametrize("shape", list(Format))
def test_titles_and_names_stand_in_their_own_room(name: str, shape: Format, text: str) -> None:
    place = arrangement(name, shape)
    lines, box = card_box(Banner(kind="card", text=text, small="Ninja & Glitch", color=COLOR, seconds=1), place.title)
    assert within(box, place.title)
    assert min(line.size for line in lines) >= LEAST_TEXT
    for pane in place.panes:
        third = Banner(kind="third", text=text, small="Patch notes desk", color=COLOR, seconds=1)
        assert within(third_setting(third, pane.plate)[1], pane.plate.area)
        words, tag = tag_setting(text, pane.plate)
        assert words.size >= LEAST_TEXT
        assert within(tag, pane.plate.area)


def test_an_emoji_of_a_headline_stands_in_colour_between_its_words() -> None:
    def headline(text: str) -> NDArray[np.int16]:
        card = draw_card(
            Banner(kind="card", text=text, color=COLOR, seconds=1), Area(x=0, y=0, width=900, height=120), 1
        )
        return np.asarray(Image.open(io.BytesIO(card.steps[-1])).convert("RGB")).astype(np.int16)

    picture = headline("Patch 🔥 now")
    orange = (picture[..., 0] > 200) & (picture[..., 2] < 80)
    letters = picture.max(axis=2) < 60
    fire = np.flatnonzero(orange.any(axis=0))
    between = letters[:, fire[0] : fire[-1] + 1]
    assert orange.sum() > 500
    assert letters[:, : fire[0]].any()
    assert letters[:, fire[-1] :].any()
    assert not between.any()
    assert not ((headline("Patch now")[..., 0] > 200) & (headline("Patch now")[..., 2] < 80)).any()


@pytest.mark.parametrize(("name", "role", "right"), [("محمد عبد الرحمن", "أخبار", True), ("Mohammed", "News", False)])
def test_the_lines_of_a_lower_third_begin_where_their_script_does(name: str, role: str, right: bool) -> None:
    plate = arrangement("videochat", Format.SHORT).panes[0].plate
    banner = Banner(kind="third", text=name, small=role, color="#0b0e1f", seconds=2)
    made = draw_third(banner, name, plate, 1)
    ink = np.asarray(Image.open(io.BytesIO(made.steps[-1])).convert("L"))[:, 14:-14] > 120  # without its stripe
    rows = np.flatnonzero(ink.any(axis=1))
    upper, lower = (np.flatnonzero(ink[part].any(axis=0)) for part in np.split(rows, [np.diff(rows).argmax() + 1]))
    apart = [abs(int(one) - int(other)) for one, other in ((upper[0], lower[0]), (upper[-1], lower[-1]))]
    assert apart[right] < 8
    assert apart[not right] > 30


@pytest.mark.parametrize("name", ["Ninja", "Îñţérñåţîöñåļ", "W" * 24, "محمد عبد الرحمن", "Professor Gwendolyn Mwah"])
@pytest.mark.parametrize("shrink", [1, 2])
@pytest.mark.parametrize("layout", ["videochat", "newsdesk", "first-near"])
def test_nothing_is_seen_of_the_tag_that_a_lower_third_has_grown_out_of(layout: str, shrink: int, name: str) -> None:
    for shape in Format:
        for pane in arrangement(layout, shape).panes:
            banner = Banner(kind="third", text=name, small="x", color="#ffffff", seconds=2)
            made, tag = draw_third(banner, name, pane.plate, shrink), tag_setting(name, pane.plate)[1]
            whole = np.asarray(Image.open(io.BytesIO(made.steps[-1])).convert("RGBA"))[..., 3]
            left, top = (tag.x / shrink - made.area.x, tag.y / shrink - made.area.y)
            right, bottom = left + tag.width / shrink, top + tag.height / shrink
            round_ = 20 // shrink
            inside = whole[math.floor(top) : math.ceil(bottom), math.floor(left) + round_ : math.ceil(right) - round_]
            assert inside.size > 500
            assert (inside == 255).all()


def test_a_name_stands_whole_on_its_tag_where_closer_letters_have_room_for_it() -> None:
    plate = arrangement("videochat", Format.SQUARE).panes[0].plate
    shown = [tag_setting(name, plate)[0].lines[0] for name in ("Ninja", "Gwendolyn Mwah", "Professor Gwendolyn")]
    assert shown == ["NINJA", "GWENDOLYN MWAH", "Professor Gwendolyn"]
    assert tag_setting("W" * 24, plate)[0].lines[0].endswith("…")


@pytest.mark.parametrize(("name", "right"), [("محمد عبد الرحمن", True), ("Mohammed", False)])
def test_the_stripe_of_a_lower_third_stands_where_its_lines_begin(name: str, right: bool) -> None:
    plate = arrangement("videochat", Format.SHORT).panes[0].plate
    made = draw_third(Banner(kind="third", text=name, color="#ff0000", seconds=2), name, plate, 1)
    pixels = np.asarray(Image.open(io.BytesIO(made.steps[-1])).convert("RGB")).astype(int)
    red = np.flatnonzero((pixels[..., 0] - pixels[..., 2] > 150).any(axis=0))
    assert red.size
    assert (red.min() > made.area.width / 2) == right
    assert (red.max() < made.area.width / 2) != right


def within(box: Area, room: Area) -> bool:
    return (
        room.x <= box.x
        and room.y <= box.y
        and box.x + box.width <= room.x + room.width
        and box.y + box.height <= room.y + room.height
    )


def test_in_a_segments_last_frames_neither_captions_nor_names_are_seen_where_it_goes_over_into_a_headline(
    library: Library, face: Media, sound: Media, tmp_path: Path
) -> None:
    cleared = order(face, face, sound, 1.2, "Hello there my friend", clear=6, unnamed=True)
    plain = cleared.model_copy(update={"captions": "off", "clear": 0, "unnamed": False})
    seen, without = (
        pictures(composite(library, each, tmp_path / f"{number}.mp4")).astype(np.int16)
        for number, each in enumerate((cleared, plain))
    )
    place = arrangement("videochat", Format.SHORT)
    tag, captions = (
        (slice(area.y, area.y + area.height), slice(area.x, area.x + area.width))
        for area in (
            tag_setting("Ninja", place.panes[0].plate)[1].shrunk(cleared.shrink),
            place.captions.shrunk(cleared.shrink),
        )
    )
    change = np.abs(np.diff(seen, axis=0))
    assert change[29][tag].mean() > 10 * change[28][tag].mean()
    assert np.abs(seen[29][captions] - without[29][captions]).mean() > 3
    assert np.abs(seen[30][captions] - without[30][captions]).mean() < 1


def test_a_headline_is_there_from_the_first_frame_and_gone_when_its_time_is_over(
    library: Library, tmp_path: Path, face: Media, sound: Media
) -> None:
    card = Banner(kind="card", text="Patch 2.1", color=COLOR, seconds=0.9)
    plain = order(face, None, sound, 1.2, layout="cutaway", captions="off")
    with_card = pictures(composite(library, plain.model_copy(update={"banners": (card,)}), tmp_path / "a.mp4"))
    without = pictures(composite(library, plain, tmp_path / "b.mp4"))
    changed = (np.abs(with_card.astype(np.int16) - without).max(axis=3) > 60).sum(axis=(1, 2))
    assert changed[0] > 1000  # nobody waits for the hook
    assert changed[25] < changed[13]


def test_a_name_tag_grows_to_a_lower_third_and_is_a_tag_again(
    library: Library, tmp_path: Path, face: Media, sound: Media
) -> None:
    third = Banner(kind="third", text="Ninja", small="Breaking news", color=COLOR, seconds=0.9, begins=0.1)
    plain = order(face, face, sound, 1.2, captions="off", shrink=2)
    grown = pictures(composite(library, plain.model_copy(update={"banners": (third,)}), tmp_path / "a.mp4"))
    without = pictures(composite(library, plain, tmp_path / "b.mp4"))
    changed = (np.abs(grown.astype(np.int16) - without).max(axis=3) > 60).sum(axis=(1, 2))
    assert not changed[:3].any()
    assert 0 < changed[4] < changed[16]
    assert not changed[30:].any()
    plate = arrangement("videochat", Format.SHORT).panes[0].plate.area.shrunk(2)
    rows, columns = np.nonzero(np.abs(grown[16].astype(np.int16) - without[16]).max(axis=2) > 60)
    assert plate.y <= rows.min() <= rows.max() < plate.y + plate.height
    assert plate.x <= columns.min() <= columns.max() < plate.x + plate.width


def test_a_lower_third_stays_whole_up_to_the_cut_that_ends_it(
    library: Library, tmp_path: Path, face: Media, sound: Media
) -> None:
    third = Banner(kind="third", text="Ninja", small="Breaking news", color=COLOR, seconds=0.8)
    shots = (Shot(layout="videochat", first=0, end=24), Shot(layout="solo", first=24, end=36))
    cut = order(face, face, sound, 1.2, captions="off", shrink=2, shots=shots)
    whole = cut.model_copy(update={"shots": (shots[0].model_copy(update={"end": 36}),)})

    def changed(plain: CompositeOrder) -> NDArray[np.intp]:
        made = [
            pictures(composite(library, each, tmp_path / "a.mp4"))
            for each in (plain.model_copy(update={"banners": (third,)}), plain)
        ]
        apart = np.abs(made[0].astype(np.int16) - made[1]).max(axis=3) > 60
        return np.asarray(apart.sum(axis=(1, 2)))

    stays, goes = changed(cut), changed(whole)
    assert stays[23] > 0.9 * stays[12]
    assert goes[23] < 0.5 * goes[12]  # within a shot it goes back to its tag
    assert not stays[24:].any()


def test_a_progress_bar_grows_from_its_part_of_the_episode_to_the_next(
    library: Library, tmp_path: Path, face: Media, sound: Media
) -> None:
    bar = order(face, None, sound, 1.0, layout="cutaway", captions="off", progress=(0.25, 0.5), shrink=2)
    row = pictures(composite(library, bar, tmp_path / "a.mp4"))[:, 2]
    length = [(frame.min(axis=1) > 190).sum() / row.shape[1] for frame in (row[0], row[-1])]
    assert length == pytest.approx([0.25, 0.49], abs=0.02)


def test_a_persons_own_overlay_replaces_what_is_drawn_but_for_the_rehearsals_mark(
    library: Library, tmp_path: Path, face: Media, sound: Media
) -> None:
    own = Image.new("RGBA", (1080, 1920))
    own.paste((0, 255, 0, 255), (0, 1800, 1080, 1920))
    content = io.BytesIO()
    own.save(content, "PNG")
    wanted = order(face, face, sound, 0.2, captions="off", overlay=library.put_bytes(content.getvalue(), ".png"))
    frame = pictures(composite(library, wanted, tmp_path / "a.mp4"))[3].astype(int)
    assert frame[470, 135, 1] > 200
    assert frame[470, 135, 0] < 100
    assert frame[120, 0:3].max() < 120  # no border
    assert frame[64 // 4 - 5 : 64 // 4 + 5, 200:259].max() > 150  # the mark


def test_zoom_shows_the_speaker_larger_and_nobody_else(library: Library, tmp_path: Path, sound: Media) -> None:
    flashing, other = clip(library, tmp_path), clip(library, tmp_path, color="0x602040")
    near = order(flashing, other, sound, 0.7, captions="off", zoom=1.5)
    far = near.model_copy(update={"zoom": 1.0})

    def white(zoomed: object) -> tuple[int, int]:
        frame = pictures(composite(library, zoomed, tmp_path / "a.mp4"))[17].min(axis=2) > 200  # type: ignore[arg-type]
        return int(frame[30:220, 20:250].sum()), int(frame[290:470, 20:250].sum())

    (near_speaker, near_other), (far_speaker, far_other) = white(near), white(far)
    assert near_speaker / far_speaker == pytest.approx(1.5**2, rel=0.1)
    assert near_other == pytest.approx(far_other, rel=0.05)
