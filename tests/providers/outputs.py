"""What an endpoint makes of an order, and what that costs: real files of the right length, shape and odd frame rate."""

import math
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.providers.media import FRAME_RATES, Picture, Shot, Workshop, fit, number, read_picture
from tests.providers.schemas import Endpoint, Output
from tests.providers.validate import Order

_SHAPES = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}
_FLUX_SIZES = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}
_SIDES = {"0.5K": 512, "1K": 1024, "2K": 2048, "4K": 4096}


@dataclass(frozen=True)
class Plan:
    """What will be delivered: the files, the platform's units, and the document once the files have addresses."""

    files: list[Future[Path]]
    units: float
    describe: Callable[[list[tuple[str, Path]]], dict[str, Any]]


def canonical(endpoint: Endpoint, arguments: dict[str, Any], order: Order) -> dict[str, Any]:
    """The arguments as sent, with each media URL replaced by its content's sha256."""
    content: dict[str, Any] = {}
    for name, value in arguments.items():
        hashes = [f"sha256:{file.sha256}" for file in order.files.get(name, [])]
        content[name] = (hashes if isinstance(value, list) else hashes[0]) if hashes else value
    return content


def plan(endpoint: Endpoint, order: Order, key: str, workshop: Workshop, height: int, stretch: float) -> Plan:
    """Begin to make what a valid order asks for."""
    match endpoint.output:
        case Output.AVATAR | Output.CLIP | Output.COPY:
            return _video(endpoint, order, key, workshop, height, stretch)
        case Output.IMAGE:
            return _images(endpoint, order, key, workshop)
        case Output.VOICE:
            return Plan([], 1, lambda _: {"voice_id": str(number(key))})


def _video(endpoint: Endpoint, order: Order, key: str, workshop: Workshop, height: int, stretch: float) -> Plan:
    pictures = [file for name in order.files if "image" in name for file in order.files[name]]
    values = order.values
    shape = _SHAPES.get(str(values.get("aspect_ratio")), (16, 9))
    if pictures:
        picture: Picture = read_picture(pictures[0].path)
        shape = (picture.width, picture.height)
    width, tall = fit(*shape, height)
    sound = order.files["audio_url"][0] if "audio_url" in order.files else None
    audible = "generate_audio" in values and bool(values["generate_audio"])
    if endpoint.output is Output.CLIP:
        fps = 24
        seconds = float(values["duration"])
        frames = round(seconds * fps) + 1  # a "5 s" clip was 5.042 s
    else:
        fps = FRAME_RATES[number(f"fps {key}") % len(FRAME_RATES)]
        exact = order.seconds["audio_url" if endpoint.output is Output.AVATAR else "video_url"]
        frames = round(exact * fps) + number(f"frames {key}") % 5 - 2
        seconds = frames / fps
    shot = Shot(
        frames=max(1, round(frames * stretch)),
        fps=fps,
        width=width,
        height=tall,
        mark=sound.sha256 if sound else key,
        still=pictures[0].path if pictures else None,
        sound=sound.path if sound else None,
        silence=audible,
    )

    def describe(files: list[tuple[str, Path]]) -> dict[str, Any]:
        url, path = files[0]
        document: dict[str, Any] = {"video": _file(url, path, "video/mp4")}
        if endpoint.output is Output.AVATAR:
            document["duration"] = shot.seconds
        return document

    return Plan([workshop.video(shot)], round(seconds * rate(endpoint, values, audible=audible), 4), describe)


def rate(endpoint: Endpoint, values: dict[str, Any], *, audible: bool = False) -> float:
    """How many of the platform's units a second or a picture is, under these settings."""
    bill = endpoint.bill
    voiced = bool(values.get("voice_ids")) or any(one.get("voice_id") for one in values.get("elements") or ())
    if audible and voiced and bill.voice is not None:
        return bill.voice
    if audible and bill.sound is not None:
        return bill.sound
    rates = dict(bill.rates)
    more = sum(
        rates.get(name, 0.0)
        for name in ("enable_web_search" if values.get("enable_web_search") else "", str(values.get("thinking_level")))
    )
    return rates.get(str(values.get("resolution")), bill.rate) + more


def _images(endpoint: Endpoint, order: Order, key: str, workshop: Workshop) -> Plan:
    values = order.values
    width, height = _image_size(values)
    count = int(values["num_images"])
    form = str(values["output_format"])
    files = [workshop.still(width, height, f"{key} {index}", form) for index in range(count)]
    size = math.ceil(width * height / 1e6) if endpoint.bill.unit == "megapixels" else 1
    units = round(size * count * rate(endpoint, values), 4)

    def describe(made: list[tuple[str, Path]]) -> dict[str, Any]:
        size = {"width": width, "height": height}
        images = [{**_file(url, path, f"image/{form}"), **size} for url, path in made]
        if "image_size" not in values:
            return {"images": images, "description": ""}
        seed = values["seed"] if values["seed"] is not None else number(key)
        blank = {"timings": {"inference": 1.0}, "has_nsfw_concepts": [False] * count, "prompt": values["prompt"]}
        return {"images": images, "seed": seed, **blank}

    return Plan(files, units, describe)


def _image_size(values: dict[str, Any]) -> tuple[int, int]:
    if "image_size" in values:
        return _FLUX_SIZES[values["image_size"]]
    across, down = (1, 1) if values["aspect_ratio"] == "auto" else map(int, values["aspect_ratio"].split(":"))
    side = _SIDES[values["resolution"]]
    return fit(across, down, round(side * (down / max(across, down))))


def _file(url: str, path: Path, content_type: str) -> dict[str, Any]:
    return {
        "url": url,
        "content_type": content_type,
        "file_name": path.name,
        "file_size": path.stat().st_size,
        "file_data": None,
    }
