"""Writes a timeline as OpenTimelineIO, which a person's editor opens. Imported late, for its plugins take long."""

from collections.abc import Sequence
from pathlib import Path

import opentimelineio as otio

from resources.deliver.description import Chapter
from resources.deliver.timeline import Shot, Source
from resources.media.timebase import FPS, frames_of

# From the lowest up, as OpenTimelineIO has it: what an editor shows is the finished segments, above what they are of.
_PICTURES = ("listeners", "speakers", "shots", "segments")
_VOICES = "voices"
_OVER = "shots over turns"


def write_timeline(path: Path, *, title: str, shots: Sequence[Shot], chapters: Sequence[Chapter]) -> Path:
    """Write an .otio file at 30 fps: exact in and out points, a marker for each chapter."""
    timeline = otio.schema.Timeline(name=title, global_start_time=_time(0))

    def lay(name: str, sources: Sequence[Source | None], kind: str = otio.schema.TrackKind.Video) -> None:
        track = otio.schema.Track(name=name, kind=kind)
        track.extend([item for shot, source in zip(shots, sources, strict=True) for item in _items(shot, source)])
        timeline.tracks.append(track)

    for number in reversed(range(max((len(shot.over) for shot in shots), default=0))):
        name = f"{_OVER} {number + 1}" if number else _OVER
        lay(name, [shot.over[number] if number < len(shot.over) else None for shot in shots])
    for name in _PICTURES:
        if name != "shots" or any(name in shot.sources for shot in shots):
            lay(name, [shot.sources.get(name) for shot in shots])
    lay(_VOICES, [shot.sources.get(_VOICES) for shot in shots], otio.schema.TrackKind.Audio)
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
