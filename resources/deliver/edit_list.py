"""Writes a timeline as OpenTimelineIO, which a person's editor opens. Imported late, for its plugins take long."""

from collections.abc import Sequence
from pathlib import Path

import opentimelineio as otio

from resources.deliver.description import Chapter
from resources.deliver.timeline import Shot, Source
from resources.media.timebase import FPS, frames_of

_TRACKS = (
    ("segments", "Video"),
    ("speakers", "Video"),
    ("listeners", "Video"),
    ("shots", "Video"),
    ("voices", "Audio"),
)
_ALWAYS = frozenset({"segments", "speakers", "listeners", "voices"})  # of every episode


def write_timeline(path: Path, *, title: str, shots: Sequence[Shot], chapters: Sequence[Chapter]) -> Path:
    """Write an .otio file at 30 fps: exact in and out points, a marker for each chapter."""
    timeline = otio.schema.Timeline(name=title, global_start_time=_time(0))
    for name, kind in _TRACKS:
        if name not in _ALWAYS and not any(name in shot.sources for shot in shots):
            continue
        track = otio.schema.Track(name=name, kind=kind)
        track.extend([item for shot in shots for item in _items(shot, shot.sources.get(name))])
        timeline.tracks.append(track)
    for number in range(max((len(shot.over) for shot in shots), default=0)):
        track = otio.schema.Track(name="over the segments" + (f" {number + 1}" if number else ""), kind="Video")
        laid = [(shot, shot.over[number] if number < len(shot.over) else None) for shot in shots]
        track.extend([item for shot, source in laid for item in _items(shot, source)])
        timeline.tracks.append(track)
    for chapter in chapters:
        place = otio.opentime.TimeRange(_time(round(chapter.start * FPS)), _time(1))
        timeline.tracks.markers.append(otio.schema.Marker(name=chapter.name, marked_range=place))
    path.write_text(otio.adapters.write_to_string(timeline, "otio_json"), encoding="utf-8")
    return path


def _items(shot: Shot, source: Source | None) -> list[otio.core.Item]:
    """What stands for a segment in a track: a gap, its file, or both, where the file is not seen for all of it."""
    begins = shot.frames if source is None else min(source.begins, shot.frames)
    gap = [otio.schema.Gap(source_range=_range(begins))] if begins else []
    if source is None or begins == shot.frames:
        return gap
    media = otio.schema.ExternalReference(
        target_url=source.url, available_range=_range(max(frames_of(source.seconds), 1))
    )
    most = shot.frames - begins
    length = most if source.frames is None else min(source.frames, most)
    rest = [otio.schema.Gap(source_range=_range(most - length))] if length < most else []
    return [*gap, otio.schema.Clip(name=shot.segment, media_reference=media, source_range=_range(length)), *rest]


def _range(frames: int) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(_time(0), _time(frames))


def _time(frames: int) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, FPS)
