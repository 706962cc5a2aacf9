"""fal's validation: a request's arguments against an endpoint's schema, then its media against the model's limits.

Errors have fal's shape: {loc, msg, type, url, ctx?, input?} (https://docs.fal.ai/errors).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.providers.cdn import File
from tests.providers.media import UnreadableError, read_picture, read_sound, read_video
from tests.providers.schemas import Endpoint, Field, Kind

Problem = dict[str, Any]
_MEDIA = (Kind.IMAGE, Kind.AUDIO, Kind.VIDEO)


def problem(name: str | None, kind: str, message: str, given: Any = None, **context: Any) -> Problem:
    """One error object."""
    document: Problem = {
        "loc": ["body", name] if name else ["body"],
        "msg": message,
        "type": kind,
        "url": f"https://docs.fal.ai/errors/#{kind}",
        "input": given,
    }
    return {**document, "ctx": context} if context else document


@dataclass
class Order:
    """A checked request: arguments with defaults, its files by field, their measured lengths, what is wrong."""

    values: dict[str, Any]
    files: dict[str, list[File]]
    seconds: dict[str, float]
    problems: list[Problem]


def check(endpoint: Endpoint, arguments: dict[str, Any], find: Callable[[str], File | None]) -> Order:
    """Check a request in fal's order: the schema first; media only of a request whose schema is right."""
    problems = [
        problem(name, "extra_forbidden", "Extra inputs are not permitted", arguments[name])
        for name in arguments
        if name not in endpoint.fields
    ]
    values: dict[str, Any] = {}
    for name, field in endpoint.fields.items():
        if arguments.get(name) is None:
            if field.required:
                problems.append(problem(name, "missing", "Field required", arguments))
            values[name] = field.default
            continue
        values[name] = arguments[name]
        problems += _field(name, field, arguments[name])
    if endpoint.either and sum(values[name] is not None for name in endpoint.either) != 1:
        problems.append(problem(None, "value_error", f"Exactly one of {', '.join(endpoint.either)} must be given"))
    order = Order(values, {}, {}, problems)
    if not problems:
        for name, field in endpoint.fields.items():
            if field.kind in _MEDIA and values[name] is not None:
                order.problems += _media(endpoint, name, field, order, find)
    return order


def _field(name: str, field: Field, value: Any) -> Iterator[Problem]:
    if field.many:
        if not isinstance(value, list):
            yield problem(name, "list_type", "Input should be a valid list", value)
        elif field.most is not None and len(value) > field.most:
            yield problem(name, "too_long", f"List should have at most {field.most:.0f} items", value)
        else:
            for item in value:
                yield from _value(name, field, item)
        return
    yield from _value(name, field, value)


def _value(name: str, field: Field, value: Any) -> Iterator[Problem]:
    match field.kind:
        case Kind.BOOL if not isinstance(value, bool):
            yield problem(name, "bool_type", "Input should be a valid boolean", value)
        case Kind.NUMBER | Kind.INTEGER:
            yield from _number(name, field, value)
        case Kind.OBJECT if not isinstance(value, dict):
            yield problem(name, "dict_type", "Input should be a valid object", value)
        case Kind.TEXT | Kind.IMAGE | Kind.AUDIO | Kind.VIDEO:
            yield from _text(name, field, value)


def _number(name: str, field: Field, value: Any) -> Iterator[Problem]:
    whole = field.kind is Kind.INTEGER
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        yield problem(name, f"{field.kind}_type", f"Input should be a valid {field.kind}", value)
        return
    if field.least is not None and value < field.least:
        yield problem(name, "greater_than_equal", f"Input should be at least {field.least}", value, ge=field.least)
    if field.most is not None and value > field.most:
        yield problem(name, "less_than_equal", f"Input should be at most {field.most}", value, le=field.most)


def _text(name: str, field: Field, value: Any) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield problem(name, "string_type", "Input should be a valid string", value)
    elif field.choices and value not in field.choices:
        expected = " or ".join(f"'{choice}'" for choice in field.choices)
        yield problem(name, "literal_error", f"Input should be {expected}", value, expected=expected)
    elif field.required and not value.strip():
        yield problem(name, "string_too_short", "String should have at least 1 character", value, min_length=1)
    elif field.kind is Kind.TEXT and not field.many and field.most is not None and len(value) > field.most:
        most = int(field.most)
        yield problem(name, "string_too_long", f"String should have at most {most} characters", value, max_length=most)


def _media(
    endpoint: Endpoint, name: str, field: Field, order: Order, find: Callable[[str], File | None]
) -> Iterator[Problem]:
    urls = order.values[name] if field.many else [order.values[name]]
    for url in urls:
        file = find(url)
        if file is None:
            yield problem(name, "file_download_error", "Failed to download the file: check that it exists", url)
            continue
        order.files.setdefault(name, []).append(file)
        try:
            yield from _content(endpoint, name, field.kind, file, order, url)
        except UnreadableError:
            kind = {Kind.IMAGE: "image_load_error", Kind.AUDIO: "unsupported_audio_format"}
            yield problem(name, kind.get(field.kind, "unsupported_video_format"), f"Cannot read the {field.kind}", url)


def _content(endpoint: Endpoint, name: str, kind: Kind, file: File, order: Order, url: str) -> Iterator[Problem]:
    limits = endpoint.media
    if kind is Kind.AUDIO:
        sound = read_sound(file.path)
        order.seconds[name] = sound.seconds
        least, most = limits.audio_seconds
        if file.path.stat().st_size > limits.audio_bytes:
            yield problem(name, "file_too_large", "File size exceeds the maximum", url, max_size=limits.audio_bytes)
        if sound.format not in limits.audio_formats:
            formats = list(limits.audio_formats)
            message = f"Unsupported audio format {sound.format}"
            yield problem(name, "unsupported_audio_format", message, url, supported_formats=formats)
        if sound.seconds < least:
            message = f"Audio is too short. Minimum is {least:g} seconds, provided is {sound.seconds:.2f} seconds."
            context = {"min_duration": least, "provided_duration": sound.seconds}
            yield problem(name, "audio_duration_too_short", message, url, **context)
        under = dict(limits.audio_under).get(str(order.values.get("resolution")))
        if sound.seconds > most or (under is not None and sound.seconds >= under):
            message = f"Audio exceeds the maximum of {most:g} seconds, provided is {sound.seconds:.2f} seconds."
            context = {"max_duration": most, "provided_duration": sound.seconds}
            yield problem(name, "audio_duration_too_long", message, url, **context)
    elif kind is Kind.IMAGE:
        picture = read_picture(file.path)
        ratio = picture.width / picture.height
        if min(picture.width, picture.height) < limits.side:
            message = f"Image is too small. Minimum is {limits.side}x{limits.side}"
            yield problem(name, "image_too_small", message, url, min_height=limits.side, min_width=limits.side)
        if not 1 / limits.ratio <= ratio <= limits.ratio:
            message = f"Image aspect ratio must be between 1:{limits.ratio} and {limits.ratio}:1"
            yield problem(name, "image_aspect_ratio_error", message, url)
        if picture.alpha and not limits.alpha:
            yield problem(name, "unsupported_image_format", "Transparent images are not supported", url)
    else:
        order.seconds[name] = seconds = read_video(file.path)
        least, most = limits.video_seconds
        most = dict(limits.video_most).get(str(order.values.get("character_orientation")), most)
        if not least <= seconds <= most:
            verdict = "video_duration_too_short" if seconds < least else "video_duration_too_long"
            message = f"Video must last {least:g} to {most:g} seconds, provided is {seconds:.2f} seconds."
            yield problem(name, verdict, message, url, min_duration=least, max_duration=most)
