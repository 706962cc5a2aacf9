"""The publishing bundle: everything that is uploaded with a finished video, in one folder. `final` mode alone."""

import shutil
from importlib.util import find_spec
from pathlib import Path
from platform import python_version_tuple

from resources.content.show import Format, Publish
from resources.core.errors import ContentError
from resources.core.files import linked
from resources.core.names import Mode
from resources.core.values import Value
from resources.deliver.description import Chapter, checklist, description
from resources.deliver.file_rules import Written, advise_on_file
from resources.deliver.platform_limits import THUMBNAIL_BYTES, Advice, advise
from resources.deliver.thumbnails import Shot as Face
from resources.deliver.thumbnails import thumbnails
from resources.deliver.timeline import Shot
from resources.media.audio.voice_track import loudness
from resources.media.stream_facts import StreamFacts, stream_facts
from resources.media.typography.emoji_art import credit
from resources.quality.checks.cut_checks import judge_comment, measure_streams

_THUMBNAIL = {Format.SHORT: (1080, 1920), Format.LONG: (1280, 720), Format.SQUARE: (1080, 1080)}


class BundleOrder(Value):
    """A cut to be published, with all that its bundle is made of. Paths exist."""

    mode: Mode
    episode: str
    title: str
    format: Format
    video: Path
    seconds: float
    srt: str
    vtt: str
    chapters: tuple[Chapter, ...]
    faces: tuple[Face, ...]
    shots: tuple[Shot, ...]
    written: tuple[Written, ...]  # where captions and names stand
    settings: Publish
    plates: tuple[str, ...] = ()  # what else is written in the picture: names, roles, the show's own line


def make_bundle(order: BundleOrder, folder: Path) -> tuple[Advice, ...]:
    """Fill `folder` anew and return what is to be mended before uploading.

    Raises ContentError for what is not a final cut, by its mode or by what its file says of itself, and touches
    nothing then.
    """
    _refuse_what_is_not_final(order)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    video = folder / f"{order.episode}.mp4"
    if not linked(order.video, video):
        shutil.copyfile(order.video, video)
    text = description(
        order.settings.description,
        chapters=order.chapters,
        disclosure=order.settings.disclosure,
        tags=order.settings.tags,
        credit=credit(order.srt, order.title, *(chapter.name for chapter in order.chapters), *order.plates),
    )
    advice = advise(
        upright=order.format is not Format.LONG,
        title=order.title,
        description=text,
        tags=order.settings.tags,
        seconds=order.seconds,
        size=video.stat().st_size,
        chapters=[chapter.start for chapter in order.chapters],
    )
    measured, heard = stream_facts(video), loudness(video)
    advice += advise_on_file(measured, heard, order.format, order.written)
    facts = [
        ("length", f"{order.seconds:.1f} s"),
        ("size", f"{video.stat().st_size / 1e6:.1f} MB"),
        ("picture", _picture(measured)),
        ("sound", f"{measured.sound_codec} at {measured.sound_kbps:.0f} kb/s, {heard.integrated_lufs:.1f} LUFS"),
        ("cut for an editor", _write_timeline(order, folder)),
    ]
    for name, content in (
        ("title.txt", order.title + "\n"),
        ("description.txt", text),
        ("tags.txt", ", ".join(order.settings.tags) + "\n"),
        ("captions.srt", order.srt),
        ("captions.vtt", order.vtt),
        ("checklist.md", checklist(advice, title=order.title, facts=facts)),
    ):
        (folder / name).write_text(content, encoding="utf-8")
    _write_thumbnails(order, folder)
    return advice


def _picture(facts: StreamFacts) -> str:
    lists = f"{facts.edit_lists} edit lists" if facts.edit_lists else "no edit list"
    coded = f"{facts.codec} {facts.profile}, {facts.kbps / 1000:.1f} Mb/s"
    return (
        f"{facts.width}x{facts.height} at {facts.fps:g} fps, {coded}, "
        f"groups of {facts.group} frames, {facts.b_frames} B-frames, {lists}"
    )


def _refuse_what_is_not_final(order: BundleOrder) -> None:
    comment = judge_comment(measure_streams(order.video), rehearsal=False)
    if order.mode is Mode.FINAL and comment.passed:
        return
    raise ContentError(
        f"{order.episode} in {order.mode} mode is never published",
        where=str(order.video),
        why="only a final cut is" if comment.passed else comment.message,
        hint=f"ninja produce {order.episode} --mode final",
    )


def _write_timeline(order: BundleOrder, folder: Path) -> str:
    """Write the cut as an edit decision list, and return what the checklist says of it."""
    if find_spec("opentimelineio") is None:
        return f"left out: OpenTimelineIO has no wheel for Python {'.'.join(python_version_tuple()[:2])}"
    from resources.deliver.edit_list import write_timeline  # noqa: PLC0415  (0.2 s that only a final cut needs)

    return write_timeline(folder / "timeline.otio", title=order.title, shots=order.shots, chapters=order.chapters).name


def _write_thumbnails(order: BundleOrder, folder: Path) -> None:
    pictures = thumbnails(order.faces, title=order.title, size=_THUMBNAIL[order.format])
    for number, picture in enumerate(pictures, 1):
        path = folder / f"thumbnail-{number}.jpg"
        for quality in (90, 80, 65, 50):
            picture.save(path, quality=quality, optimize=True)
            if path.stat().st_size <= THUMBNAIL_BYTES:
                break
