from pathlib import Path

import pytest
from PIL import Image

from ninja_assets.cut.shooting.graphics import (
    dressed,
    ending_frames_of,
    ending_of,
    layout_of,
    seen_saying,
    transition_after,
)
from resources.content.segments import Script, Turn
from resources.content.show import Format, Show
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.values import Clip, Media, Receipt, Word
from resources.media.direction.framings import Shot
from resources.media.picture.composite_order import CompositeOrder, Cutaway, PaneClip
from resources.models.loading import load_show, parse_script

CAST = "title: Small\ncharacters:\n  NINJA: {name: Ninja, puppet: ninja}\n  GLITCH: {name: Glitch, puppet: glitch}\n"
TURNS = (
    "---\ntitle: Big news\n---\nNINJA: one\nGLITCH: two\nNINJA {camera: wide}: three\n\n"
    "## Prices\nGLITCH: four\nNINJA: five\n"
)
CAMERAS = "cameras: {wide: {}, near: {layout: cutaway, zoom: 1.3}}\n"


def episode(folder: Path, settings: str) -> tuple[Show, Script]:
    (folder / "show.yaml").write_text(CAST + CAMERAS + settings)
    show = load_show(folder)
    return show, parse_script(TURNS, episode="e", show=show, where="e.md")


def clips(width: int, height: int) -> dict[str, Clip]:
    receipt = Receipt(provider="offline", endpoint="puppet", take=1)
    media = Media(sha256="0" * 64, suffix=".mp4", size=1)
    clip = Clip(video=media, seconds=1, width=width, height=height, fps=30, receipt=receipt)
    return {"NINJA": clip, "GLITCH": clip}


def orders(folder: Path, settings: str) -> list[CompositeOrder]:
    show, script = episode(folder, settings)
    library = Library(folder / "library")
    plain = CompositeOrder(
        format=script.format,
        layout="single",
        cast=(),
        speaker="NINJA",
        clips={},
        audio=Media(sha256="0" * 64, suffix=".wav", size=1),
        seconds=2.0,
        words=(),
    )
    return [dressed(plain, show, script, turn, library) for turn in script.turns]


def test_a_rule_chooses_the_camera_of_turns_that_ask_for_none(tmp_path: Path) -> None:
    show, script = episode(tmp_path, "look: {direction: {opening: wide, closing: wide, turns: near}}\n")
    assert [turn.camera for turn in script.turns] == ["wide", "near", "wide", "near", "wide"]
    shown = [layout_of(show, script.format, turn, clips(1080, 960)) for turn in script.turns]
    assert shown == ["videochat", "cutaway", "videochat", "cutaway", "videochat"]
    made = orders(tmp_path, "look: {direction: {opening: wide, closing: wide, turns: near}}\n")
    assert [order.zoom for order in made] == [1, 1.3, 1, 1.3, 1]


@pytest.mark.parametrize(
    ("layout", "size", "shown"),
    [
        ("cutaway", (960, 1080), ["solo", "solo"]),
        ("pip", (960, 1080), ["inset", "second-inset"]),
        ("cutaway", (480, 540), ["solo", "solo"]),  # of a rehearsal at half the size
        ("cutaway", (1920, 1080), ["cutaway", "cutaway"]),
        ("newsdesk", (960, 1080), ["newsdesk", "newsdesk"]),
    ],
)
def test_a_camera_fills_a_long_picture_with_a_wide_clip_alone(
    tmp_path: Path, layout: str, size: tuple[int, int], shown: list[str]
) -> None:
    show, script = episode(tmp_path, f"look: {{layouts: {{long: {layout}}}}}\n")
    turns = script.turns[:2]
    assert [layout_of(show, Format.LONG, turn, clips(*size)) for turn in turns] == shown


def test_titles_stand_where_the_episode_a_character_or_a_chapter_begins(tmp_path: Path) -> None:
    look = "look: {titles: {card_seconds: 3, lower_third_seconds: 2.5, roles: {NINJA: Desk}, bug: N&G}}\n"
    made = orders(tmp_path, look)
    told = [[(banner.kind, banner.text, banner.small, banner.seconds) for banner in order.banners] for order in made]
    assert told == [
        [("card", "Big news", "Small", 3.0)],  # it goes on into the next turn
        [("third", "Glitch", "", 2.0)],
        [],
        [("third", "Prices", "Glitch", 2.0)],
        [],
    ]
    assert {order.bug for order in made} == {"N&G"}


def test_a_headline_that_goes_on_is_one_over_two_turns_and_names_come_when_it_has_gone(tmp_path: Path) -> None:
    show, script = episode(tmp_path, "look: {titles: {card_seconds: 3, lower_third_seconds: 2}}\n")
    plain = orders(tmp_path, "")[0].model_copy(update={"speaker": "GLITCH", "seconds": 5.0})
    first, second = script.turns[:2]

    def banners(turn: Turn, seconds: float, stood: float | None) -> list[tuple[str, float, float]]:
        order = plain.model_copy(update={"seconds": seconds})
        made = dressed(order, show, script, turn, Library(tmp_path / "library"), stood)
        return [(banner.kind, banner.begins, banner.begins + banner.seconds) for banner in made.banners]

    assert banners(first, 1.0, None) == [("card", 0.0, 3.0)]
    assert banners(second, 5.0, 1.0) == [("card", -1.0, 2.0), ("third", 2.0, 4.0)]
    assert banners(second, 1.0, 1.0) == [("card", -1.0, 2.0)]  # and on
    assert banners(first, 2.8, None) == [("card", 0.0, 2.8)]  # not for a blink
    assert banners(script.turns[-1], 1.0, 1.0)[0] == ("card", -1.0, 1.0)  # nobody speaks after it
    assert banners(second, 5.0, None) == [("third", 0.0, 2.0)]


def test_a_lower_third_stands_where_its_speaker_is_seen(tmp_path: Path) -> None:
    show, script = episode(tmp_path, "look: {titles: {card_seconds: 0, lower_third_seconds: 2.5}}\n")
    library, media = Library(tmp_path / "library"), Media(sha256="0" * 64, suffix=".mp4", size=1)
    plain = CompositeOrder(
        format=script.format, layout="single", cast=(), speaker="NINJA", clips={}, audio=media, seconds=8.0, words=()
    )

    def third(*hidden: tuple[float, float]) -> list[tuple[float, float]]:
        cutaways = tuple(Cutaway(media=media, still=False, begins=begins, ends=ends) for begins, ends in hidden)
        order = plain.model_copy(update={"cutaways": cutaways})
        made = dressed(order, show, script, script.turns[0], library)
        return [(banner.begins, banner.seconds) for banner in made.banners]

    assert third() == [(0.0, 2.5)]
    assert third((2, 7)) == [(0.0, 2)]  # it goes with its face
    assert third((0, 3)) == [(3, 2.5)]
    assert third((1, 3), (2, 6)) == [(6, 2)]
    assert third((0, 8)) == third((1, 7)) == []


def test_a_headline_goes_with_its_shot_or_with_what_covers_it(tmp_path: Path) -> None:
    show, script = episode(tmp_path, "look: {titles: {card_seconds: 2.5}}\n")
    shots = (Shot(layout="videochat", first=0, end=150), Shot(layout="solo", first=150, end=240))
    plain = orders(tmp_path, "")[0].model_copy(update={"seconds": 8.0, "shots": shots})

    def stands(*begins: float) -> float:
        cutaways = tuple(Cutaway(media=plain.audio, still=False, begins=each, ends=each + 2) for each in begins)
        order = plain.model_copy(update={"cutaways": cutaways})
        return dressed(order, show, script, script.turns[0], Library(tmp_path / "library")).banners[0].seconds

    assert stands() == 5
    assert stands(4) == 4
    assert stands(1, 4) == 2.5  # as long as the show has it at least


def test_who_is_under_broll_at_first_is_named_when_seen(tmp_path: Path) -> None:
    (tmp_path / "show.yaml").write_text(CAST + "look: {titles: {lower_third_seconds: 2}}\n")
    show = load_show(tmp_path)
    turns = "NINJA: one\n\nBROLL {over: true, begins: 0, seconds: 5}: a street\n\nGLITCH: two\n\nNINJA: three\n"
    script = parse_script(turns, episode="e", show=show, where="e.md")
    plain = orders(tmp_path, "")[0].model_copy(update={"seconds": 4.0})
    made = [dressed(plain, show, script, turn, Library(tmp_path / "library")) for turn in script.turns]
    assert [[banner.text for banner in order.banners if banner.kind == "third"] for order in made] == [
        [],
        ["Glitch"],
        ["Ninja"],
    ]


def test_a_name_that_would_flash_by_is_left_to_a_later_turn_where_there_is_one(tmp_path: Path) -> None:
    show, script = episode(tmp_path, "look: {titles: {lower_third_seconds: 2}}\n")
    plain = orders(tmp_path, "")[0].model_copy(update={"seconds": 0.9})

    def thirds(turn: Turn, *, unnamed: bool = False) -> list[tuple[str, float]]:
        made = dressed(plain, show, script, turn, Library(tmp_path / "library"), unnamed=unnamed)
        return [(banner.text, banner.seconds) for banner in made.banners]

    first, second, third, fourth, last = script.turns
    assert thirds(first) == thirds(second) == thirds(third, unnamed=True) == []
    assert thirds(fourth) == [("Prices", 0.9)]  # a chapter begins here and nowhere else
    assert thirds(last, unnamed=True) == [("Ninja", 0.9)]
    assert thirds(last) == []


def test_a_posters_words_are_those_that_the_speaker_is_seen_saying(tmp_path: Path) -> None:
    media, cast = Media(sha256="0" * 64, suffix=".mp4", size=1), ("NINJA", "GLITCH")
    order = orders(tmp_path, "")[0].model_copy(
        update={
            "seconds": 6.0,
            "clips": {label: PaneClip(video=media) for label in cast},
            "words": tuple(Word(text=str(at), start=at + 0.1, end=at + 0.8) for at in range(6)),
            "cutaways": (Cutaway(media=media, still=False, begins=1.5, ends=3.0),),
            "shots": (
                Shot(layout="videochat", first=0, end=60),
                Shot(layout="solo", first=60, end=150),
                Shot(layout="reaction", first=150, end=180),
            ),
        }
    )
    assert [word.text for word in seen_saying(order)] == ["0", "3", "4"]
    never = order.model_copy(update={"shots": (Shot(layout="reaction", first=0, end=180),)})
    assert seen_saying(never) == order.words


def test_a_show_that_asks_for_nothing_gets_nothing(tmp_path: Path) -> None:
    for order in orders(tmp_path, ""):
        assert (order.banners, order.overlay, order.bug, order.zoom) == ((), None, "", 1)


def test_where_the_cut_goes_over_into_another_picture_no_two_texts_are_seen_at_once(tmp_path: Path) -> None:
    def cleared(look: str) -> list[tuple[int, bool]]:
        return [(order.clear, order.unnamed) for order in orders(tmp_path, look)]

    titles = "titles: {card_seconds: 2}"
    none = (0, False)
    assert cleared(f"look: {{{titles}, ending: loop}}\n") == [*[none] * 4, (6, True)]
    assert cleared("look: {ending: loop, titles: {card_seconds: 0}}\n") == [*[none] * 4, (6, False)]
    assert cleared(f"look: {{{titles}, ending: fade}}\n") == [none] * 5
    fading = f"look: {{{titles}, ending: fade, transition: {{style: crossfade, seconds: 0.2}}}}\n"
    assert cleared(fading) == [*[(6, False)] * 4, none]
    assert cleared(fading.replace("crossfade", "wipe")) == [none] * 5


def test_a_transition_has_no_more_room_than_the_pause_before_the_next_turn_leaves(tmp_path: Path) -> None:
    show, _ = episode(
        tmp_path, "look: {transition: {style: crossfade, seconds: 1}}\npacing: {lead_seconds: 0, tail_seconds: 1}\n"
    )
    text = (
        "NINJA: one.\nGLITCH {beat: 0}: two.\nNINJA {overlap: 0.3}: three.\nGLITCH {beat: 0.5}: four.\n"
        "NINJA: five.\nGLITCH {beat: 3}: six.\n"
    )
    script = parse_script(text, episode="e", show=show, where="e.md")
    assert [transition_after(show, turn).frames for turn in script.cut] == [0, 0, 15, 30, 30, 30]
    plain = orders(tmp_path, "")[0]
    library = Library(tmp_path / "library")
    cleared = [dressed(plain, show, script, turn, library).clear for turn in script.turns]
    assert cleared[:5] == [0, 0, 15, 30, 30]  # no caption of a word is taken away


@pytest.mark.parametrize(
    ("look", "short", "long"),
    [
        ("{}", ("loop", 0), ("fade", 0)),
        ("{ending: fade}", ("fade", 30), ("fade", 30)),  # what is asked for is seen
        ("{ending: hold}", ("hold", 30), ("hold", 30)),
        ("{ending: hold, ending_seconds: 0}", ("hold", 0), ("hold", 0)),
        ("{ending_seconds: 2}", ("fade", 60), ("fade", 60)),
        ("{ending: loop, ending_seconds: 2}", ("loop", 0), ("loop", 0)),
    ],
)
def test_an_ending_lasts_as_long_as_it_is_asked_for(
    tmp_path: Path, look: str, short: tuple[str, int], long: tuple[str, int]
) -> None:
    show, _ = episode(tmp_path, f"look: {look}\n")
    made = [(ending_of(show, shape), ending_frames_of(show, shape)) for shape in (Format.SHORT, Format.LONG)]
    assert made == [short, long]


def test_an_overlay_must_fit_and_let_the_picture_through(tmp_path: Path) -> None:
    Image.new("RGBA", (1080, 1920)).save(tmp_path / "good.png")
    Image.new("RGB", (1920, 1080)).save(tmp_path / "closed.png")  # no alpha
    Image.new("RGBA", (100, 100)).save(tmp_path / "small.png")
    assert orders(tmp_path, "look: {overlays: {short: good.png}}\n")[0].overlay is not None
    with pytest.raises(ContentError) as refusal:
        episode(tmp_path, "look:\n  overlays:\n    short: small.png\n    long: closed.png\n    square: none.png\n")
    message = str(refusal.value)
    for expected in (
        ":8",
        "it is PNG of 100x100",
        "1080x1920 pixels",
        ":9",
        "nothing is seen through",
        ":10",
        "none.png",
    ):
        assert expected in message


def test_a_rule_or_role_that_means_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as refusal:
        episode(tmp_path, "look: {direction: {turns: nearr}, titles: {roles: {NINJO: x}}}\n")
    assert "no camera 'nearr'" in str(refusal.value)
    assert "NINJO" in str(refusal.value)
