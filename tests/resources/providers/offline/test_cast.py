"""The offline cast, measured on the clips it writes: lips on sound, shut listeners, loops, pictures, reuse."""

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from resources.content.settings.characters import Character
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.names import Mode
from resources.core.values import Cell, Clip, Media, Word
from resources.media.audio.voice_track import envelope, wav_bytes
from resources.media.probe import video_facts
from resources.media.timebase import RATE
from resources.providers.offline.cast import OfflineClipStudio, mouth_box
from resources.providers.offline.puppets.parts import DRAWN_FPS, HELD, Box, Framing
from resources.purchasing.requests.briefs import ListenerBrief, SpeakerBrief

CELL = Cell(episode="2026-11-20", segment="s03", mode=Mode.REHEARSAL)
NINJA = Character(name="Ninja", puppet="ninja")
GLITCH = Character(name="Glitch", puppet="glitch", color="#ff4fd0")
OWN = Character(name="Owl", image=Path("owl.png"), color="#ffb020")
WIDTH, HEIGHT = 360, 320
EYES = {"Ninja": Box(-160, 370, 160, 460), "Glitch": Box(-118, 425, 118, 525)}  # units of the drawings
WORDS = (Word(text="Hello", start=0.1, end=0.6), Word(text="you", start=0.7, end=1.2))
Frames = NDArray[np.float64]


def syllables(seconds: float) -> bytes:
    """A sound like speech: a tone in uneven syllables with two pauses."""
    time = np.arange(round(seconds * RATE)) / RATE
    shape = np.clip(np.sin(2 * np.pi * 2.1 * time) + 0.6 * np.sin(2 * np.pi * 3.7 * time + 1), 0, None)
    shape[(time % 1.9) > 1.5] = 0
    return wav_bytes((0.4 * shape * np.sin(2 * np.pi * 180 * time)).astype(np.float32))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("show")


@pytest.fixture(scope="module")
def studio(library: Library, folder: Path) -> OfflineClipStudio:
    return OfflineClipStudio(library, folder)


def speaker(
    library: Library,
    character: Character = NINJA,
    *,
    seconds: float = 3.21,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    take: int = 1,
    image: Media | None = None,
) -> SpeakerBrief:
    audio = library.put_bytes(syllables(seconds), ".wav")
    return SpeakerBrief(
        cell=CELL,
        label="NINJA",
        character=character,
        track=audio,
        image=image,
        seconds=seconds,
        words=WORDS,
        width=size[0],
        height=size[1],
        take=take,
    )


def listener(
    character: Character = NINJA, *, mood: str | None = None, take: int = 1, size: tuple[int, int] = (WIDTH, HEIGHT)
) -> ListenerBrief:
    return ListenerBrief(
        cell=CELL,
        label="NINJA",
        character=character,
        image=None,
        seconds=4.0,
        width=size[0],
        height=size[1],
        mood=mood,
        take=take,
    )


def luma(library: Library, clip: Clip) -> Frames:
    """The frames as a cut shows them, each drawing held."""
    with av.open(str(library.path(clip.video))) as container:
        drawn = np.stack([frame.to_ndarray()[: clip.height].astype(float) for frame in container.decode(video=0)])
        return np.repeat(drawn, HELD, axis=0)


def lips(frames: Frames, character: Character) -> Frames:
    left, top, right, bottom = mouth_box(character, frames.shape[2], frames.shape[1])
    return np.asarray(frames[:, top:bottom, left:right].mean(axis=(1, 2)))


def follows(box: Frames, loud: Frames, lag: int) -> float:
    count = min(len(box), len(loud)) - 10
    return float(np.corrcoef(box[5 + lag : count + lag], loud[5:count])[0, 1])


@pytest.mark.parametrize("character", [NINJA, GLITCH], ids=["ninja", "glitch"])
def test_the_mouth_follows_the_sound_without_lag(
    library: Library, studio: OfflineClipStudio, character: Character
) -> None:
    order = speaker(library, character)
    box = lips(luma(library, studio.speaker(order)), character)
    loud = envelope(library.path(order.track), 30).astype(float)
    by_lag = {lag: follows(box, loud, lag) for lag in range(-5, 6)}
    assert by_lag[0] > 0.8
    assert max(by_lag, key=by_lag.__getitem__) == 0


def test_a_clip_has_exactly_the_frames_of_its_sound_and_the_pane_s_size(
    library: Library, studio: OfflineClipStudio
) -> None:
    clip = studio.speaker(speaker(library, seconds=2.001))
    facts = video_facts(library.path(clip.video))
    assert facts.frames == math.ceil(2.001 * DRAWN_FPS) == round(clip.seconds * DRAWN_FPS)
    assert (facts.width, facts.height, facts.fps) == (WIDTH, HEIGHT, DRAWN_FPS) == (clip.width, clip.height, clip.fps)
    assert facts.seconds == pytest.approx(clip.seconds, abs=1e-6)
    assert not facts.has_audio
    assert not clip.loops
    assert clip.receipt.cost_usd == 0


def test_a_clip_says_in_its_metadata_that_it_is_a_rehearsal(library: Library, studio: OfflineClipStudio) -> None:
    with av.open(str(library.path(studio.listener(listener()).video))) as container:
        assert container.metadata["comment"] == "rehearsal"
        assert container.streams.video[0].codec_context.pix_fmt == "yuv420p"


@pytest.mark.parametrize("character", [NINJA, GLITCH], ids=["ninja", "glitch"])
def test_a_listener_s_mouth_stays_shut_while_its_eyes_blink(
    library: Library, studio: OfflineClipStudio, character: Character
) -> None:
    spoken = lips(luma(library, studio.speaker(speaker(library, character))), character)
    frames = luma(library, studio.listener(listener(character)))
    heard = lips(frames, character)
    assert np.ptp(heard) < 0.35 * np.ptp(spoken)
    left, top, right, bottom = Framing.of(WIDTH, HEIGHT).pixels(EYES[character.name])
    light = frames[:, top:bottom, left:right].mean(axis=(1, 2))
    shut = light < (light.min() + np.median(light)) / 2
    assert light.min() < 0.85 * np.median(light)
    assert 1 <= np.count_nonzero(np.diff(shut.astype(int)) == 1) <= 5


@pytest.mark.parametrize("mood", [None, "amused", "surprised", "doubtful"])
def test_a_listener_s_loop_closes_without_a_jump(library: Library, studio: OfflineClipStudio, mood: str | None) -> None:
    clip = studio.listener(listener(mood=mood))
    frames = luma(library, clip)
    assert clip.loops
    assert len(frames) == 180
    steps = np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2))
    seam = np.abs(frames[0] - frames[-1]).mean()
    assert seam <= np.percentile(steps, 95)
    assert steps.max() > 0  # it moves


def test_equal_orders_are_drawn_once_and_another_take_is_another_clip(
    library: Library, studio: OfflineClipStudio
) -> None:
    first = studio.listener(listener(GLITCH, mood="amused"))
    again = studio.listener(listener(GLITCH, mood="amused"))
    other = studio.listener(listener(GLITCH, mood="amused", take=2))
    assert (first.receipt.reused, again.receipt.reused) == (False, True)
    assert first.video == again.video != other.video


def test_an_unknown_mood_is_shown_as_attentive_and_says_so(studio: OfflineClipStudio) -> None:
    clip = studio.listener(listener(mood="starry-eyed"))
    assert clip.video == studio.listener(listener()).video
    assert clip.receipt.note == "a rehearsal shows the mood 'starry-eyed' as attentive"


def test_two_machines_draw_the_same_bytes(library: Library, folder: Path, tmp_path: Path) -> None:
    here = OfflineClipStudio(library, folder).speaker(speaker(library, seconds=1.0))
    there = Library(tmp_path / "other")
    assert OfflineClipStudio(there, folder).speaker(speaker(there, seconds=1.0)).video == here.video


def test_threads_share_the_cast(library: Library, studio: OfflineClipStudio) -> None:
    orders = [speaker(library, NINJA, seconds=1.1, take=take % 2 + 10) for take in range(4)]
    with ThreadPoolExecutor(4) as pool:
        clips = list(pool.map(studio.speaker, orders))
    assert sum(not clip.receipt.reused for clip in clips) == 2
    assert clips[0].video == clips[2].video != clips[1].video == clips[3].video


@pytest.mark.parametrize("size", [(270, 240), (240, 270), (480, 270), (180, 320)])
def test_a_head_is_whole_in_a_pane_of_any_shape(
    library: Library, studio: OfflineClipStudio, size: tuple[int, int]
) -> None:
    clip = studio.speaker(speaker(library, seconds=0.5, size=size))
    facts = video_facts(library.path(clip.video))
    left, top, right, bottom = mouth_box(NINJA, *size)
    assert (facts.width, facts.height) == size
    assert 0 < left < right < size[0]
    assert size[1] * 0.4 < top < bottom < size[1] * 0.8


def test_a_pane_of_odd_size_is_refused(studio: OfflineClipStudio) -> None:
    with pytest.raises(ContentError, match="271 x 240"):
        studio.listener(listener(size=(271, 240)))


def test_a_picture_speaks_with_a_meter_and_listens_without_one(
    library: Library, studio: OfflineClipStudio, folder: Path
) -> None:
    picture = Image.new("RGBA", (700, 900), (0, 0, 0, 0))
    picture.paste((60, 120, 200, 255), (150, 200, 550, 700))
    picture.save(folder / "owl.png")
    order = speaker(library, OWN)
    spoken = luma(library, studio.speaker(order))
    loud = envelope(library.path(order.track), 30).astype(float)
    assert follows(lips(spoken, OWN), loud, 0) > 0.8
    clip = studio.listener(listener(OWN))
    heard = luma(library, clip)
    assert clip.loops
    assert np.ptp(lips(heard, OWN)) < 0.2 * np.ptp(lips(spoken, OWN))
    assert np.abs(heard[0] - heard[-1]).mean() <= np.abs(np.diff(heard, axis=0)).mean(axis=(1, 2)).max()
    assert np.abs(heard[0] - heard[60]).mean() > 0.2  # it moves
    assert heard[0, 2, 2] < 40  # what was transparent shows the show's dark ground


def test_an_upload_s_picture_goes_before_the_puppet(
    library: Library, studio: OfflineClipStudio, tmp_path: Path
) -> None:
    Image.new("RGB", (400, 400), (250, 250, 250)).save(tmp_path / "side.png")
    media = library.put(tmp_path / "side.png")
    clip = studio.speaker(speaker(library, seconds=0.4, image=media))
    assert clip.receipt.endpoint == "picture"
    assert luma(library, clip)[0, 5, 5] > 200


def test_a_photograph_is_turned_upright(library: Library, studio: OfflineClipStudio, folder: Path) -> None:
    sideways = Image.new("RGB", (800, 600), (20, 20, 20))
    sideways.paste((240, 240, 240), (0, 0, 400, 600))  # its left half becomes the upper half
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways.save(folder / "photo.jpg", exif=exif)
    frame = luma(library, studio.listener(listener(Character(name="Photo", image=Path("photo.jpg")))))[0]
    assert frame[:60].mean() > 200
    assert frame[-60:].mean() < 60


def test_a_huge_photograph_is_read_at_a_fraction_of_its_size(studio: OfflineClipStudio, folder: Path) -> None:
    Image.new("L", (9000, 7000), 128).convert("RGB").save(folder / "huge.jpg", quality=40)
    clip = studio.listener(listener(Character(name="Huge", image=Path("huge.jpg")), size=(240, 180)))
    assert (clip.width, clip.height) == (240, 180)


def test_a_picture_that_is_none_is_refused_by_its_name(studio: OfflineClipStudio, folder: Path) -> None:
    (folder / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    with pytest.raises(ContentError, match=r"bad\.png") as caught:
        studio.listener(listener(Character(name="Bad", image=Path("bad.png"))))
    assert caught.value.why
    assert caught.value.hint


def test_half_a_picture_is_refused(studio: OfflineClipStudio, folder: Path) -> None:
    Image.effect_noise((300, 300), 80).save(folder / "whole.png")
    (folder / "half.png").write_bytes((folder / "whole.png").read_bytes()[:9000])
    with pytest.raises(ContentError, match=r"half\.png"):
        studio.listener(listener(Character(name="Half", image=Path("half.png"))))


def test_a_tiny_picture_is_refused(studio: OfflineClipStudio, folder: Path) -> None:
    Image.new("RGB", (63, 200)).save(folder / "tiny.png")
    with pytest.raises(ContentError, match="63 x 200"):
        studio.listener(listener(Character(name="Tiny", image=Path("tiny.png"))))


def test_a_missing_picture_is_refused_with_its_path(studio: OfflineClipStudio, folder: Path) -> None:
    with pytest.raises(ContentError, match=r"nowhere\.png"):
        studio.listener(listener(Character(name="None", image=Path("nowhere.png"))))
