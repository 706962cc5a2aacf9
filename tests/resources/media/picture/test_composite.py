from pathlib import Path

import av
import numpy as np
import pytest

from resources.content.show import Format
from resources.core.errors import ContentError, MediaError
from resources.core.library import Library
from resources.core.values import Media, Word
from resources.media.direction.framings import Shot
from resources.media.layouts import arrangement
from resources.media.picture.composite import composite, make_composite
from resources.media.picture.composite_order import Before, Cutaway, PaneClip, Rest
from resources.media.probe import video_facts
from tests.resources.media.footage import FLASH, GLITCH, RATE, bright, burst, channels, clip, order, pictures, voice

NASTY = r"it's {\b1} 100% a:b \"quoted\" 'single' \Nope [c]; ,; 🎮 naïve"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def face(library: Library, tmp_path: Path) -> Media:
    return clip(library, tmp_path)


@pytest.fixture
def sound(library: Library) -> Media:
    return voice(library, burst(1.2, seed=1))


@pytest.mark.parametrize("fps", [24, 25, 30, 48])
@pytest.mark.parametrize("length", [0.8, 1.9])
def test_a_composite_is_exact_whatever_its_clips_are(library: Library, tmp_path: Path, fps: int, length: float) -> None:
    speaker = clip(library, tmp_path, seconds=length, fps=fps, size=(182, 206))
    listener = clip(library, tmp_path, seconds=0.5, fps=24, size=(320, 180), color="0x602040")
    seconds = 1.2345
    meant = burst(seconds, seed=3)
    made = composite(library, order(speaker, listener, voice(library, meant), seconds), tmp_path / "made.mp4")
    facts = video_facts(made)
    assert (facts.width, facts.height, facts.fps, facts.frames) == (270, 480, 30.0, 38)
    with av.open(str(made)) as file:
        assert file.streams.video[0].codec_context.pix_fmt == "yuv420p"
        assert file.streams.video[0].average_rate == 30
        assert file.streams.audio[0].codec_context.name == "flac"
        assert (file.streams.audio[0].rate, file.streams.audio[0].channels) == (RATE, 2)
    heard = channels(made)
    assert heard.shape == (2, 38 * 1600)
    assert np.array_equal(heard[0], heard[1])
    assert np.abs(heard[0, : len(meant)] - meant).max() < 1e-3  # the voice itself: nothing cut, nothing of a clip
    assert not heard[0, len(meant) :].any()


@pytest.mark.parametrize("fps", [24, 30, 48])
def test_picture_and_sound_of_a_mark_meet_in_the_same_frame(library: Library, tmp_path: Path, fps: int) -> None:
    listener = clip(library, tmp_path, color="0x602040")
    made = composite(
        library,
        order(clip(library, tmp_path, fps=fps), listener, voice(library, burst(1.2, seed=2)), 1.2, captions="off"),
        tmp_path / "made.mp4",
    )
    flash = int(np.argmax(bright(pictures(made), 0.5, 0.25)))
    beep = int(np.argmax(np.abs(channels(made)[0]) > 0.02))
    assert flash == round(FLASH * 30)
    assert abs(beep / RATE - FLASH) < 0.001


def test_a_clip_shorter_than_the_voice_holds_its_last_frame_and_a_loop_repeats(
    library: Library, tmp_path: Path
) -> None:
    speaker = clip(library, tmp_path, seconds=0.6)  # ends in the middle of its flash
    listener = clip(library, tmp_path, seconds=0.8, color="0x602040")
    seconds = 2.0
    made = composite(
        library,
        order(speaker, listener, voice(library, burst(seconds, seed=1)), seconds, captions="off"),
        tmp_path / "made.mp4",
    )
    frames = pictures(made)
    assert len(frames) == 60
    assert bright(frames, 0.5, 0.25)[15:].all()
    again = bright(frames, 0.5, 0.75)
    assert [int(start) for start in np.flatnonzero(again[1:] & ~again[:-1]) + 1] == [15, 39]  # 0.5 s, 0.8 + 0.5 s


def test_captions_show_words_and_only_where_they_may(
    library: Library, tmp_path: Path, face: Media, sound: Media
) -> None:
    plain = order(face, face, sound, 0.4, "Hello there", rehearsal=False)
    shown = pictures(composite(library, plain, tmp_path / "on.mp4"))[5].astype(int)
    bare = pictures(composite(library, plain.model_copy(update={"captions": "off"}), tmp_path / "off.mp4"))[5].astype(
        int
    )
    changed = np.abs(shown - bare).max(axis=2) > 60
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert changed.sum() > 300
    room = arrangement("videochat", Format.SHORT).captions
    assert room.y / 4 <= rows[0] < rows[-1] <= (room.y + room.height) / 4
    assert room.x / 4 <= columns[0] < columns[-1] <= (room.x + room.width) / 4


def test_nasty_words_and_paths_neither_break_the_graph_nor_the_page(tmp_path: Path) -> None:
    folder = tmp_path / "a b'c:d=e,[f]"
    folder.mkdir()
    library = Library(folder / "library")
    nasty = order(clip(library, tmp_path), None, voice(library, burst(0.5, seed=1)), 0.5, NASTY, captions="classic")
    made = composite(library, nasty, folder / "made: it's.mp4")
    assert video_facts(made).frames == 15


def test_the_rehearsal_mark_is_on_every_frame_of_a_rehearsal_and_on_no_other(
    library: Library, tmp_path: Path, face: Media, sound: Media
) -> None:
    rehearsed = order(face, face, sound, 0.5, captions="off")
    real = rehearsed.model_copy(update={"rehearsal": False})
    marked = pictures(composite(library, rehearsed, tmp_path / "r.mp4"))
    clean = pictures(composite(library, real, tmp_path / "f.mp4"))
    corner = np.s_[:, 64 // 4 - 5 : 64 // 4 + 5, 200:259]
    assert (marked[corner].max(axis=(1, 2, 3)) > 150).all()
    assert (clean[corner].max(axis=(1, 2, 3)) < 130).all()


def test_the_border_of_the_speaker_is_lit_and_everyone_keeps_their_place(
    library: Library, tmp_path: Path, sound: Media
) -> None:
    blue, red = clip(library, tmp_path, color="0x000050"), clip(library, tmp_path, color="0x500000")
    ninja_speaks = order(blue, red, sound, 0.2, captions="off")
    glitch_speaks = ninja_speaks.model_copy(update={"speaker": GLITCH.label})
    for made, lit in ((ninja_speaks, 120), (glitch_speaks, 360)):
        frame = pictures(composite(library, made, tmp_path / "made.mp4"))[3].astype(int)
        assert frame[100, 135, 2] > frame[100, 135, 0] + 40  # NINJA above
        assert frame[380, 135, 0] > frame[380, 135, 2] + 40  # GLITCH below
        edges = {row: frame[row, 0:3].max() for row in (120, 360)}
        assert edges[lit] == max(edges.values())
        assert edges[lit] > 180


@pytest.mark.parametrize("name", ["videochat", "newsdesk", "single", "pip", "cutaway"])
@pytest.mark.parametrize("shape", list(Format))
def test_every_layout_comes_in_every_format(
    library: Library, tmp_path: Path, face: Media, sound: Media, name: str, shape: Format
) -> None:
    made = composite(
        library, order(face, face, sound, 0.1, "Word", layout=name, shape=shape, shrink=6), tmp_path / "made.mp4"
    )
    facts = video_facts(made)
    assert facts.frames == 3
    assert abs(facts.width / facts.height - shape.size[0] / shape.size[1]) < 0.01


def test_colours_arrive_as_they_were_chosen(library: Library, tmp_path: Path, face: Media, sound: Media) -> None:
    big = order(face, None, sound, 0.2, "HHHH", captions="pop", rehearsal=False)
    frame = pictures(composite(library, big, tmp_path / "made.mp4"))[5].astype(int)
    wanted = np.array([0x22, 0xD3, 0xEE])
    closest = np.abs(frame - wanted).max(axis=2).min()
    assert closest <= 8


def test_an_untagged_clip_keeps_its_colours(library: Library, tmp_path: Path, sound: Media) -> None:
    red = clip(library, tmp_path, color="0xc02020")
    alone = order(red, None, sound, 0.1, captions="off", layout="cutaway")
    made = composite(library, alone, tmp_path / "made.mp4")

    def luma(path: Path) -> int:
        with av.open(str(path)) as file:
            frame = next(file.decode(video=0))
            return int(frame.to_ndarray()[frame.height // 10, frame.width // 2])

    assert abs(luma(made) - luma(library.path(red))) <= 2  # as it was: not converted on a guess


def test_one_clip_may_be_seen_in_several_places(library: Library, tmp_path: Path, face: Media, sound: Media) -> None:
    over = (Cutaway(media=face, still=False, begins=0.0, ends=0.1, gain=-20.0),) * 2
    twice = order(face, None, sound, 0.2).model_copy(update={"cutaways": over})
    twice = twice.model_copy(update={"clips": {label: PaneClip(video=face) for label in ("NINJA", "GLITCH")}})
    assert len(pictures(composite(library, twice, tmp_path / "made.mp4"))) == 6


def test_the_same_order_is_made_once(library: Library, face: Media, sound: Media) -> None:
    wanted = order(face, face, sound, 0.2, "One two")
    first, second = make_composite(library, wanted), make_composite(library, wanted)
    assert (first.reused, second.reused) == (False, True)
    assert first.video == second.video
    assert (first.frames, first.seconds, first.width, first.height) == (6, 0.2, 270, 480)
    other = make_composite(library, wanted.model_copy(update={"captions": "classic"}))
    assert not other.reused


def test_equal_orders_make_equal_files(library: Library, tmp_path: Path, face: Media, sound: Media) -> None:
    wanted = order(face, face, sound, 0.5, "One two three")
    one = composite(library, wanted, tmp_path / "one.mp4", threads=1)
    two = composite(library, wanted, tmp_path / "two.mp4", threads=1)
    assert one.read_bytes() == two.read_bytes()


def test_a_speaker_without_a_clip_and_unknown_names_are_refused(library: Library, face: Media, sound: Media) -> None:
    wanted = order(face, face, sound, 0.2)
    with pytest.raises(MediaError, match="GHOST has no clip"):
        make_composite(library, wanted.model_copy(update={"speaker": "GHOST"}))
    with pytest.raises(ContentError, match="no layout 'mosaic'"):
        make_composite(library, wanted.model_copy(update={"layout": "mosaic"}))
    with pytest.raises(ContentError, match="no caption style 'comic'"):
        make_composite(library, wanted.model_copy(update={"captions": "comic"}))


def test_a_clip_that_is_no_video_is_named_and_nothing_is_left(library: Library, tmp_path: Path, sound: Media) -> None:
    broken = library.put_bytes(b"no video at all", ".mp4")
    target = tmp_path / "out" / "made.mp4"
    target.parent.mkdir()
    with pytest.raises(MediaError, match="a clip cannot be read"):
        composite(library, order(broken, None, sound, 0.2), target)
    assert not target.exists()


def test_a_minute_of_popping_words_composes(library: Library, face: Media, sound: Media) -> None:
    chatter = " ".join(f"word{number}" for number in range(190))
    made = make_composite(library, order(face, face, sound, 58.0, chatter).model_copy(update={"captions": "pop"}))
    assert made.frames == 1740


def test_shots_change_at_their_own_frames_and_come_nearer_within_them(library: Library, tmp_path: Path) -> None:
    speaker = clip(library, tmp_path, color="0x000060")
    listener = clip(library, tmp_path, color="0x600000")
    sound = voice(library, burst(1.2, seed=1))
    shots = (
        Shot(layout="videochat", first=0, end=12),
        Shot(layout="solo", first=12, end=24, zoom=(1.0, 1.05)),
        Shot(layout="reaction", first=24, end=36),
    )
    directed = order(speaker, listener, sound, 1.2, captions="off", shots=shots, shrink=2)
    frames = pictures(composite(library, directed, tmp_path / "made.mp4")).astype(int)
    assert len(frames) == 36
    blue = frames[:, 200, 60, 2] - frames[:, 200, 60, 0]
    assert (blue[:24] > 30).all()  # the speaker above, then alone
    assert (blue[24:] < -30).all()  # the listener alone
    below = frames[:, 720, 60, 0] - frames[:, 720, 60, 2]
    assert (below[:12] > 30).all()
    flash = [int((frame.min(axis=2) > 200)[100:560].sum()) for frame in frames[15:21]]  # white from 0.5 to 0.7 s
    assert flash == sorted(flash)
    assert flash[-1] > flash[0]


def test_captions_keep_their_place_up_to_the_last_frame_of_a_shot(library: Library, tmp_path: Path) -> None:
    face = clip(library, tmp_path, color="0x000060")
    shots = (Shot(layout="videochat", first=0, end=17), Shot(layout="cutaway", first=17, end=36))
    spoken = order(face, face, voice(library, burst(1.2, seed=1)), 1.2, "Hey there", captions="pop", shots=shots)
    spoken = spoken.model_copy(
        update={"words": (Word(text="HEYHEY", start=0, end=0.5), Word(text="HEYHEY", start=0.95, end=1.2))}
    )
    frames = pictures(composite(library, spoken, tmp_path / "made.mp4")).astype(int)
    silent = spoken.model_copy(update={"captions": "off"})
    written = np.abs(frames - pictures(composite(library, silent, tmp_path / "off.mp4"))).max(axis=3) > 90
    places = [arrangement(shot.layout, Format.SHORT).captions.shrunk(4) for shot in shots]
    for number, frame in enumerate(written):
        rows, room = np.flatnonzero(frame.any(axis=1)), places[number >= 17]
        assert all(room.y <= row < room.y + room.height for row in rows), number
    seen = written.any(axis=(1, 2))
    assert seen[:17].all()
    assert not seen[17:29].any()  # nobody speaks: not a frame of it is left over
    assert seen[29:].all()


def test_a_loop_begins_where_it_is_told_to(library: Library, tmp_path: Path) -> None:
    loop = clip(library, tmp_path, seconds=0.8, color="0x602040")
    plain = order(clip(library, tmp_path), loop, voice(library, burst(1.2, seed=1)), 1.0, captions="off")
    later = plain.model_copy(update={"clips": {**plain.clips, "GLITCH": PaneClip(video=loop, loops=True, begins=0.3)}})
    seen = bright(pictures(composite(library, later, tmp_path / "made.mp4")), 0.5, 0.75)
    assert int(np.argmax(seen)) == 6  # its flash, at 0.5 s of the loop


def test_a_voice_begins_after_its_opening_and_the_segment_ends_when_the_next_turn_begins(
    library: Library, tmp_path: Path
) -> None:
    meant = burst(1.2, seed=4)
    waiting = clip(library, tmp_path, color="0x800000")
    made = make_composite(
        library,
        order(
            clip(library, tmp_path),
            clip(library, tmp_path, color="0x602040"),
            voice(library, meant),
            1.2,
            captions="off",
            opening=12,
            sooner=6,
            clips={
                "NINJA": PaneClip(
                    video=clip(library, tmp_path), before=Before(video=waiting, frames=12, loops=True, begins=0.1)
                ),
                "GLITCH": PaneClip(video=clip(library, tmp_path, color="0x602040"), loops=True),
            },
        ),
    )
    assert (made.frames, made.seconds) == (42, 1.4)
    seen, sound = pictures(library.path(made.video)), channels(library.path(made.video))
    assert sound.shape == (2, 42 * 1600)
    assert not sound[0, : 12 * 1600].any()
    assert np.abs(sound[0, 12 * 1600 :] - meant[: 30 * 1600]).max() < 1e-3
    red = seen[:, 20, 20, 0] > 90  # a corner of the speaker's pane
    assert red.tolist() == [True] * 12 + [False] * 30
    flash = int(np.argmax(bright(seen[12:], 0.5, 0.25)))
    assert flash == round(FLASH * 30)


def test_what_is_left_of_the_voice_before_is_heard_and_never_too_loud(
    library: Library, face: Media, tmp_path: Path
) -> None:
    spoken, before = burst(1.2, seed=5, at=(0.2, 0.8)), burst(2.0, seed=6, at=(1.6, 1.8))
    alone = voice(library, before)
    made = composite(
        library,
        order(face, None, voice(library, spoken), 1.2, layout="single", under=Rest(audio=alone, first=72000)),
        tmp_path / "made.mp4",
    )
    heard = channels(made)[0]
    both = spoken.copy()
    both[:24000] += before[72000:]
    assert np.abs(heard).max() <= 0.91
    quiet = np.abs(both) < 0.2
    quiet[: RATE // 2] = False  # the limiter lets go slowly
    assert np.abs(heard[: len(both)][quiet] - both[quiet]).max() < 2e-3
    assert np.corrcoef(heard[:24000], both[:24000])[0, 1] > 0.95


def test_a_face_with_nothing_before_it_waits_with_its_first_picture(library: Library, tmp_path: Path) -> None:
    waits = PaneClip(video=clip(library, tmp_path), waits=9)
    made = composite(
        library,
        order(
            clip(library, tmp_path),
            None,
            voice(library, burst(1.0, seed=7)),
            1.0,
            layout="single",
            captions="off",
            opening=9,
            clips={"NINJA": waits},
        ),
        tmp_path / "made.mp4",
    )
    assert int(np.argmax(bright(pictures(made), 0.5, 0.375))) == 9 + round(FLASH * 30)
