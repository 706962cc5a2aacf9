"""The shot studio of rehearsals: a stand-in for every kind of shot, of its length, shape and words, at no cost.

A stand-in shows what is there already: the picture that will be animated, the frames between which it will fly, the
clip that will be changed. Where there are only words, it shows a city at night. Equal orders are drawn once.
"""

import io
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from resources.content.shots import Shot
from resources.content.show import Format
from resources.core.library import Library, recipe_key
from resources.core.recipes import Recipe
from resources.core.values import Footage, Media, Receipt, Value
from resources.media import ffmpeg
from resources.media.picture.composite_order import Slip
from resources.media.picture.frames import frame_of
from resources.media.probe import video_facts
from resources.media.timebase import FPS
from resources.models.references import is_clip
from resources.models.shot_arguments import DEFAULT_SECONDS, ordered_seconds
from resources.providers.offline.backdrop import NEAR_MARGIN, far_layer, near_layer
from resources.providers.offline.slate import COLORS, card, slates
from resources.purchasing.requests.briefs import ShotBrief

DRAWING = 3  # counts up with every change of what is drawn: older stand-ins are not found again
_ENDPOINT = "stand-in"
_BT709 = "scale=out_color_matrix=bt709:out_range=tv"
_ENCODER = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "20", "-threads", "1", "-g", "60", "-pix_fmt", "yuv420p")
_COLORS = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
_DRIFT = 1.06  # of the scene's size: the room in which a given picture moves
_INSET_EDGE, _INSET_TOP = 0.06, 0.58  # where small pictures stand: shares of the picture's width and height
_BAR = 10  # pixels: the line at the lower edge that shows how much of the shot is over


class _Drawn(Value):
    """A finished stand-in, as a recipe of the library remembers it."""

    media: Media


@dataclass
class _Scene:
    """A stand-in being put together: ffmpeg's inputs and the filters that end in `[seen]`."""

    folder: Path
    width: int
    height: int
    frames: int
    inputs: list[str] = field(default_factory=list)
    filters: list[str] = field(default_factory=list)
    count: int = 0

    @property
    def seconds(self) -> float:
        return self.frames / FPS

    def still(self, picture: Image.Image | bytes, form: str) -> str:
        """An input that shows one picture for ever, as planes of `form`; returns its label."""
        path = self.folder / f"{self.count}.png"
        if isinstance(picture, bytes):
            path.write_bytes(picture)
        else:
            picture.save(path, compress_level=1)
        held = f"loop=loop=-1:size=1,setpts=N/({FPS}*TB),trim=end_frame={self.frames}"
        return self._input(path, f"{_BT709},format={form},{held}")

    def clip(self, path: Path, width: int, height: int) -> str:
        """An input that fills `width` x `height`; its last frame is held. Returns its label."""
        fill = f"scale={width}:{height}:force_original_aspect_ratio=increase,crop={width}:{height},setsar=1"
        held = f"fps={FPS},tpad=stop=-1:stop_mode=clone,trim=end_frame={self.frames},setpts=N/({FPS}*TB)"
        return self._input(path, f"{fill},format=yuv420p,{held}")

    def add(self, *labels: str, chain: str) -> str:
        """A filter over labels; returns the label of what comes out."""
        made = f"f{len(self.filters)}"
        self.filters.append("".join(f"[{label}]" for label in labels) + f"{chain}[{made}]")
        return made

    def _input(self, path: Path, chain: str) -> str:
        self.inputs += ["-i", str(path)]
        self.count += 1
        return self.add(f"{self.count - 1}:v", chain=chain)


@dataclass(frozen=True)
class OfflineShotStudio:
    """A `ShotStudio` without network or cost."""

    library: Library

    def shoot(self, brief: ShotBrief) -> Footage:
        """The stand-in of a shot: a clip as long as the shot will be, or a picture. Raises MediaError."""
        started = time.monotonic()
        shot, (width, height) = brief.shot, brief.format.size
        seconds = None if shot.is_picture else self._seconds(brief)
        key = recipe_key(
            Recipe.STAND_IN,
            drawing=DRAWING,
            shot=shot,
            given={slot: media.sha256 for slot, media in brief.given.items()},
            format=brief.format,
            take=brief.take,
        )

        def make() -> _Drawn:
            return _Drawn(media=self._picture(brief, key) if seconds is None else self._clip(brief, key, seconds))

        drawn, reused = self.library.memo(key, _Drawn, make)
        receipt = Receipt(
            provider="offline",
            endpoint=_ENDPOINT,
            take=brief.take,
            reused=reused,
            render_seconds=0.0 if reused else round(time.monotonic() - started, 3),
        )
        return Footage(
            media=drawn.media,
            width=width,
            height=height,
            seconds=None if seconds is None else round(seconds * FPS) / FPS,
            fps=None if seconds is None else FPS,
            receipt=receipt,
            reason="a rehearsal: drawn offline, in the place of every model",
        )

    def _seconds(self, brief: ShotBrief) -> float:
        """How long the clip will be: as ordered, else as the clip that it is made from."""
        source = next((media for slot, media in brief.given.items() if slot in brief.shot.clip_slots), None)
        if source is not None:
            return video_facts(self.library.path(source)).seconds
        return ordered_seconds(brief.shot) or DEFAULT_SECONDS

    def _picture(self, brief: ShotBrief, key: str) -> Media:
        width, height = brief.format.size
        color, given = COLORS[brief.shot.kind], list(brief.given.values())
        if given:
            picture = self._open(given[0], width, height)
        else:
            far = Image.open(io.BytesIO(far_layer(_seed(key), color, width, height))).convert("RGBA")
            near = Image.open(io.BytesIO(near_layer(_seed(key), color, width, height))).convert("RGBA")
            far.alpha_composite(near.crop((0, 0, far.width, height)))
            picture = far.crop((0, 0, width, height)).convert("RGB")
        _thumbnails(picture, [self._open(media, 200, 200) for media in given[1:5]])
        return self.library.put_bytes(_png(picture), ".png")

    def _clip(self, brief: ShotBrief, key: str, seconds: float) -> Media:
        with tempfile.TemporaryDirectory(prefix="ninja-") as name:
            folder = Path(name)
            stage = _Scene(folder, *brief.format.size, frames=round(seconds * FPS))
            seen = _timed(stage, self._stage(stage, brief, key), COLORS[brief.shot.kind])
            target = folder / "shot.mp4"
            graph = ";".join(stage.filters)
            ending = ("-frames:v", str(stage.frames), "-r", str(FPS), "-metadata", "comment=rehearsal", str(target))
            ffmpeg.run(
                [*stage.inputs, "-filter_complex", graph, "-map", f"[{seen}]", "-an", *_ENCODER, *_COLORS, *ending]
            )
            return self.library.put(target)

    def _stage(self, stage: _Scene, brief: ShotBrief, key: str) -> str:
        """What is behind the card: by what the shot is given."""
        shot, given = brief.shot, brief.given
        if shot.kind == "edit":
            clip = stage.clip(self.library.path(given["clip"]), stage.width, stage.height)
            return stage.add(clip, chain="hue=h=38:s=1.25,eq=contrast=1.08:brightness=-0.05,vignette=PI/4.5")
        if shot.kind == "transition":
            start, end = (self._moving(stage, given[slot]) for slot in ("start", "end"))
            fly = min(1.6, stage.seconds / 2)
            # Both pictures are seen all the way: one that is enlarged without end is a plane of one colour.
            chain = f"xfade=transition=circleopen:duration={fly:.3f}:offset={(stage.seconds - fly) / 2:.3f}"
            return stage.add(start, end, chain=chain)
        pictures = [media for slot, media in given.items() if slot not in shot.clip_slots]
        seen = self._moving(stage, pictures[0]) if pictures else _city(stage, _seed(key), COLORS[shot.kind])
        for number, media in enumerate(pictures[1:4]):
            seen = _inset(stage, seen, stage.still(self._open(media, 240, 240), "yuv420p"), number)
        if shot.kind == "motion":
            seen = _inset(stage, seen, stage.clip(self.library.path(given["video"]), 300, 300), 0)
        return seen

    def _moving(self, stage: _Scene, media: Media) -> str:
        """A picture that drifts, as large as the scene; a clip's first frame is one, too."""
        wide, tall = _even(stage.width * _DRIFT), _even(stage.height * _DRIFT)
        return _drifting(stage, stage.still(self._open(media, wide, tall), "yuv420p"))

    def _open(self, media: Media, width: int, height: int) -> Image.Image:
        picture = frame_of(self.library, media) if is_clip(media) else media
        with Image.open(self.library.path(picture)) as file:
            return ImageOps.fit(ImageOps.exif_transpose(file).convert("RGB"), (width, height))


def _city(stage: _Scene, seed: int, color: str) -> str:
    far = stage.still(far_layer(seed, color, stage.width, stage.height), "yuv420p")
    near = stage.still(near_layer(seed, color, stage.width, stage.height), "yuva420p")
    way = stage.width * (NEAR_MARGIN - 1)
    behind = stage.add(far, chain=f"crop={stage.width}:{stage.height}:x='(iw-ow)*t/{stage.seconds:.3f}':y=0")
    return stage.add(behind, near, chain=f"overlay=x='-{way:.0f}*t/{stage.seconds:.3f}':y=0")


def _drifting(stage: _Scene, picture: str) -> str:
    turn = f"{stage.seconds:.3f}"
    return stage.add(picture, chain=f"crop={stage.width}:{stage.height}:x='(iw-ow)*t/{turn}':y='(ih-oh)*(1-t/{turn})'")


def _inset(stage: _Scene, seen: str, picture: str, number: int) -> str:
    """A small picture in a row under the captions, the first one rightmost."""
    framed = stage.add(picture, chain="pad=iw+12:ih+12:6:6:white")
    edge = round(stage.width * _INSET_EDGE)
    return stage.add(seen, framed, chain=f"overlay=x=W-{edge}-w-{number}*(w+18):y=H*{_INSET_TOP}")


def _timed(stage: _Scene, seen: str, color: str) -> str:
    """The scene with its line of time."""
    bar = stage.still(Image.new("RGB", (stage.width, _BAR), color), "yuv420p")
    way = f"-w+w*t/{stage.seconds:.3f}"
    return stage.add(seen, bar, chain=f"overlay=x='{way}':y=H-{_BAR},fps={FPS}")


def slips(
    library: Library, shot: Shot, footage: Footage, format: Format, rows: tuple[int, int] | None = None
) -> tuple[Slip, ...]:
    """What is written over a stand-in in a format, between these rows of it; nothing over what was bought."""
    if footage.receipt.endpoint != _ENDPOINT:
        return ()
    return tuple(
        Slip(picture=library.put_bytes(_png(card(slate, format, rows)), ".png"), begins=begins, ends=ends)
        for begins, ends, slate in slates(shot, footage.seconds)
    )


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _thumbnails(picture: Image.Image, others: Sequence[Image.Image]) -> None:
    draw = ImageDraw.Draw(picture)
    edge, top = round(picture.width * _INSET_EDGE), round(picture.height * _INSET_TOP)
    for number, other in enumerate(others):
        left = picture.width - edge - other.width - number * (other.width + 30)
        draw.rectangle((left - 6, top - 6, left + other.width + 5, top + other.height + 5), fill="white")
        picture.paste(other, (left, top))


def _seed(key: str) -> int:
    return int(key[:12], 16)


def _even(number: float) -> int:
    return 2 * round(number / 2)
