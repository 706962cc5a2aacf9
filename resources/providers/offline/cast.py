"""The clip studio of rehearsals: puppets and pictures that move to a voice, drawn on this machine, at no cost.

What is asked for twice is drawn once: a recipe in the library finds it again. How puppets and pictures look is
`puppets` and `own_picture`; here is what is drawn for whom, and for how long.
"""

import dataclasses
import math
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resources.content.moods import played_mood
from resources.content.settings.characters import Character
from resources.core.errors import ContentError
from resources.core.files import sha256_of
from resources.core.library import Library, recipe_key
from resources.core.memory import trim
from resources.core.recipes import Recipe
from resources.core.text.diagnostics import shown_path
from resources.core.values import Clip, Media, Receipt, Value
from resources.media.audio.voice_track import envelope
from resources.media.timebase import FPS
from resources.providers.offline.own_picture import METER, PictureStage, level_of, open_picture
from resources.providers.offline.puppets import puppet
from resources.providers.offline.puppets.encode import encode
from resources.providers.offline.puppets.motion import listening, mood_of, speaking
from resources.providers.offline.puppets.parts import DRAWN_FPS, HELD, LOOP_FRAMES, Framing, Pose
from resources.providers.offline.puppets.sheets import drawn
from resources.providers.offline.puppets.stage import Stage
from resources.purchasing.requests.briefs import ListenerBrief, SpeakerBrief

DRAWING = 7  # counts up with every change of what is drawn or how it is encoded: older clips are not found again
_LOOP = LOOP_FRAMES // HELD  # frames of a listener's clip
_APART = threading.Lock()


def mouth_box(character: Character, width: int, height: int) -> tuple[int, int, int, int]:
    """Where a character's lips, or its picture's meter, move: left, top, right, bottom in pixels of the pane."""
    return Framing.of(width, height).pixels(puppet(character.puppet).mouth if character.puppet else METER)


class _Face(Protocol):
    """Someone to be drawn. `identity` tells one face in one pane from every other."""

    identity: dict[str, object]

    def speak(self, loud: NDArray[np.float32], frames: int, brief: SpeakerBrief, seed: int) -> Iterator[bytes]: ...

    def listen(self, mood: str, seed: int) -> Iterator[bytes]: ...


class _Drawn(Value):
    """A finished clip, as a recipe of the library remembers it."""

    video: Media


class _Sheets(Value):
    """Drawn SVGs, as a recipe of the library remembers them."""

    pngs: tuple[Media, ...]


class OfflineClipStudio:
    """A ClipStudio without network or cost. Pictures of characters are found in `show_folder`. Safe for threads.

    Clips are 1/`shrink` as wide and as high as they are asked for.
    """

    def __init__(self, library: Library, show_folder: Path, shrink: int = 1) -> None:
        self._shrink = shrink
        self._library = library
        self._show_folder = show_folder
        self._stages: dict[tuple[str, int, int], Stage] = {}
        self._locks: dict[object, threading.Lock] = {}
        self._guard = threading.Lock()

    def speaker(self, brief: SpeakerBrief) -> Clip:
        """A clip of ceil(seconds * DRAWN_FPS) frames whose mouth or meter follows it. ContentError, MediaError."""
        width, height = self._size(brief)
        brief = dataclasses.replace(brief, width=width, height=height)
        face = self._face(brief)
        frames = math.ceil(brief.seconds * DRAWN_FPS - 1e-6)
        words = [(word.text, word.start, word.end) for word in brief.words]
        cues = None if brief.visemes is None else [(cue.shape.value, cue.start) for cue in brief.visemes]
        key = recipe_key(
            Recipe.SPEAKER, drawing=DRAWING, face=face.identity, audio=brief.track.sha256, words=words, cues=cues,
            frames=frames, take=brief.take,
        )  # fmt: skip

        def draw() -> Iterator[bytes]:
            return face.speak(envelope(self._library.path(brief.track), FPS), frames, brief, _seed(key))

        return self._clip(brief, key, frames, draw)

    def listener(self, brief: ListenerBrief) -> Clip:
        """A loop of six seconds, mouth shut, drawn once for each face, mood, take and size. ContentError."""
        width, height = self._size(brief)
        brief = dataclasses.replace(brief, width=width, height=height)
        face = self._face(brief)
        mood = mood_of(brief.mood)
        key = recipe_key(Recipe.LISTENER, drawing=DRAWING, face=face.identity, mood=mood, take=brief.take)
        clip = self._clip(brief, key, _LOOP, lambda: face.listen(mood, _seed(key)))
        note = None if played_mood(brief.mood) else f"a rehearsal shows the mood {brief.mood!r} as {mood}"
        return clip.model_copy(update={"loops": True, "receipt": clip.receipt.model_copy(update={"note": note})})

    def _size(self, brief: SpeakerBrief | ListenerBrief) -> tuple[int, int]:
        if self._shrink == 1:
            return brief.width, brief.height
        return brief.width // self._shrink & ~1, brief.height // self._shrink & ~1

    def _clip(
        self, brief: SpeakerBrief | ListenerBrief, key: str, frames: int, draw: Callable[[], Iterator[bytes]]
    ) -> Clip:
        started = time.monotonic()

        def make() -> _Drawn:
            with tempfile.TemporaryDirectory(prefix="ninja-") as folder:
                target = Path(folder) / "clip.mp4"
                encode(draw(), brief.width, brief.height, DRAWN_FPS, target)
                return _Drawn(video=self._library.put(target))

        drawn, reused = self._library.memo(key, _Drawn, make)
        receipt = Receipt(
            provider="offline",
            endpoint="puppet" if brief.image is None and brief.character.puppet else "picture",
            take=brief.take,
            reused=reused,
            render_seconds=0.0 if reused else round(time.monotonic() - started, 3),
        )
        return Clip(
            video=drawn.video,
            seconds=frames / DRAWN_FPS,
            width=brief.width,
            height=brief.height,
            fps=DRAWN_FPS,
            receipt=receipt,
        )

    def _face(self, brief: SpeakerBrief | ListenerBrief) -> _Face:
        character, width, height = brief.character, brief.width, brief.height
        if width % 2 or height % 2 or min(width, height) < 2:
            raise ContentError(
                f"a pane of {width} x {height} pixels cannot be drawn", why="video needs an even width and height"
            )
        if brief.image is not None:
            drawn = self._library.path(brief.image)
            name = drawn.name if character.image is None else shown_path(character.image)
            return _PictureFace(drawn, name, character.color, width, height)
        if character.puppet:
            return _PuppetFace(
                lambda: self._stage(character.puppet or "", width, height), character.puppet, width, height
            )
        image = character.image or Path()
        path = self._show_folder / image
        if not path.is_file():
            raise ContentError(
                f"{character.name} has no picture", where=shown_path(path), why="the file does not exist",
                hint="put a PNG or JPEG there, or name another in show.yaml",
            )  # fmt: skip
        return _PictureFace(path, shown_path(path), character.color, width, height)

    def _stage(self, name: str, width: int, height: int) -> Stage:
        with self._lock((name, width, height)):
            if (name, width, height) not in self._stages:
                sheets = self._sheets(Stage(puppet(name), width, height).svgs())
                self._stages[name, width, height] = Stage(puppet(name), width, height, lambda svg: sheets[svg]())
            return self._stages[name, width, height]

    def _sheets(self, svgs: tuple[str, ...]) -> dict[str, Callable[[], Image.Image]]:
        """The pictures of SVGs, read when they are asked for."""

        def draw() -> _Sheets:
            return _Sheets(pngs=tuple(self._library.put_bytes(png, ".png") for png in drawn(svgs)))

        kept = self._library.memo(recipe_key(Recipe.SHEET, svgs=list(svgs)), _Sheets, draw).value
        return {svg: partial(_read_picture, self._library.path(png)) for svg, png in zip(svgs, kept.pngs, strict=True)}

    def _lock(self, key: object) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(key, threading.Lock())


class _PuppetFace:
    def __init__(self, stage: Callable[[], Stage], name: str, width: int, height: int) -> None:
        puppet(name)  # an unknown name is refused before anything is looked for
        self.identity: dict[str, object] = {"puppet": name, "size": [width, height]}
        self._stage = stage

    def speak(self, loud: NDArray[np.float32], frames: int, brief: SpeakerBrief, seed: int) -> Iterator[bytes]:
        stage = self._stage()
        poses = speaking(loud, frames, brief.words, seed, brief.visemes)
        return (stage.paint(pose).tobytes() for pose in poses)

    def listen(self, mood: str, seed: int) -> Iterator[bytes]:
        stage, poses = self._stage(), listening(mood, seed)
        if mood == mood_of(None):
            return (stage.paint(pose).tobytes() for pose in poses)
        return _painted_apart(stage, poses)


def _painted_apart(stage: Stage, poses: Sequence[Pose]) -> Iterator[bytes]:
    """Frames of a clip that goes a way of its own: one clip at a time, for each keeps some 100 MB until it ends."""
    with _APART:
        paint = stage.painter()
        for pose in poses:
            yield paint(pose).tobytes()
        del paint
        trim()


class _PictureFace:
    def __init__(self, path: Path, name: str, color: str, width: int, height: int) -> None:
        self.identity: dict[str, object] = {"picture": sha256_of(path), "color": color, "size": [width, height]}
        self._path, self._name, self._color, self._size = path, name, color, (width, height)

    def speak(self, loud: NDArray[np.float32], frames: int, brief: SpeakerBrief, seed: int) -> Iterator[bytes]:
        del brief  # a meter has no lips to shape
        heard = np.zeros(frames)
        heard[: len(loud[::HELD])] = loud[::HELD][:frames]
        stage, start = self._stage(), (seed % 1000) / 1000
        return (
            stage.paint(start + frame / _LOOP, level_of(share)).tobytes() for frame, share in enumerate(heard.tolist())
        )

    def listen(self, mood: str, seed: int) -> Iterator[bytes]:
        del mood  # a still face has one
        stage, start = self._stage(), (seed % 1000) / 1000
        return (stage.paint(start + frame / _LOOP, None).tobytes() for frame in range(_LOOP))

    def _stage(self) -> PictureStage:
        return PictureStage(open_picture(self._path, self._name, *self._size), self._color, *self._size)


def _read_picture(path: Path) -> Image.Image:
    return Image.open(path).convert("RGBA")


def _seed(key: str) -> int:
    return int(key[:12], 16)
