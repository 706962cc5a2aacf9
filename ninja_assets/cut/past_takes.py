"""The performances of a segment, the current one and those before it: listed in its records, laid out in `sNN/takes/`.

A take is another voice, another clip of the speaker or another shot; a new caption style is none. While it is the
current one, its entry follows what is made of it; it stays as it was when another takes its place.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Final

from pydantic import TypeAdapter

from ninja_assets.cells.record.records import TAKES, Records
from ninja_assets.cut.ingredients import Ingredients
from resources.content.segments import Script, Segment
from resources.core.library import Library, recipe_key
from resources.core.names import SEGMENT_FILE, CellKey
from resources.core.recipes import Recipe
from resources.core.values import Media, Part, Value, VoiceTrack
from resources.deliver.review_page import Take

ASSET: Final = TAKES  # the name of the record
_OLD_FILE: Final = "takes.json"  # where earlier versions listed them, in the segment's folder


class KeptTake(Value):
    """A performance in the list. Its number counts from 1 in the order in which they were first in a cut.

    `video` is the segment as it was seen; `source` its own picture, and `kind` what that file is called. `parts` says
    which take of each part it was made of; None where an earlier version kept it.
    """

    number: int
    performance: str
    take: int
    text: str
    seconds: float
    cost_usd: float
    video: Media
    source: Media
    kind: str
    parts: Mapping[Part, int] | None = None
    label: str = ""  # whose words they are; empty where an earlier version kept it


class KeptTakes(Value):
    """All that were ever in a cut."""

    listed: tuple[KeptTake, ...] = ()


def keep_take(library: Library, records: Records, cell: CellKey, ingredients: Ingredients) -> None:
    """Enter the current performance in the list of its segment; `ingredients` are of the script's own format."""
    listed = read_takes(library, records, cell)
    performance = performance_of(ingredients.voice, ingredients.picture.media)
    known = next((each.number for each in listed if each.performance == performance), None)
    current = _entry(ingredients, performance, known or len(listed) + 1)
    if current not in listed:
        others = [each for each in listed if each.performance != performance]
        kept = sorted([*others, current], key=lambda each: each.number)
        records.write(ASSET, cell, KeptTakes(listed=tuple(kept)), {})


def follow_lines(library: Library, records: Records, script: Script, segments: Iterable[str]) -> None:
    """Enter the takes of a line that has moved where it stands now, after those that are listed there.

    `segments` are all that the episode may have: a line may come from one that the script has no more.
    """
    listed = {segment: read_takes(library, records, CellKey(script.episode, segment)) for segment in segments}
    left = [
        take
        for segment, takes in listed.items()
        for take in takes
        if (content := script.segment(segment)) is None or not _is_of(take, content)
    ]
    for content in script.cut:
        own = listed.get(content.segment, ())
        if any(_is_of(take, content) for take in own):
            continue
        moved = {take.performance: take for take in left if _is_of(take, content)}
        if moved:
            come = enumerate(moved.values(), start=len(own) + 1)
            numbered = (take.model_copy(update={"number": number}) for number, take in come)
            cell = CellKey(script.episode, content.segment)
            records.write(ASSET, cell, KeptTakes(listed=(*own, *numbered)), {})


def _is_of(take: KeptTake, content: Segment) -> bool:
    """Whether a take is of the words that a segment has, by whoever has them there."""
    return take.text.split() == content.text.split() and take.label in ("", content.label)


def files_of_takes(library: Library, records: Records, cell: CellKey) -> Iterator[tuple[Media, str, str]]:
    """The files of a segment's takes, each with its path in the segment's folder.

    And with the name that it has there as long as its take is the current one.
    """
    for take in read_takes(library, records, cell):
        for media, name in ((take.video, SEGMENT_FILE), (take.source, _source_name(take))):
            yield media, f"{_folder_of(take)}/{name}", name


def other_takes(
    library: Library, records: Records, cell: CellKey, current: str, address: Callable[[Media, str], str]
) -> tuple[Take, ...]:
    """The performances of a segment besides the `current` one, newest first, of which the files are still there.

    `address` has the address of a file from its content and its path below the episode's folder.
    """
    past = [each for each in reversed(read_takes(library, records, cell)) if each.performance != current]
    return tuple(_shown(each, cell.segment, address) for each in past if library.has(each.video))


def read_takes(library: Library, records: Records, cell: CellKey) -> tuple[KeptTake, ...]:
    """The takes of a segment; none where no cut was made yet."""
    found = records.find(ASSET, cell, KeptTakes)
    return _taken_over(library, records, cell) if found is None else found.value.listed


def performance_of(voice: VoiceTrack | None, picture: Media) -> str:
    """What tells one performance from another: the voice and the speaker's clip, or the shot's own file."""
    if voice is None:
        return recipe_key(Recipe.PERFORMANCE, shot=picture)
    return recipe_key(Recipe.PERFORMANCE, voice=voice.audio, speaker=picture)


def _entry(ingredients: Ingredients, performance: str, number: int) -> KeptTake:
    return KeptTake(
        number=number,
        performance=performance,
        take=ingredients.take,
        text=ingredients.content.text,
        seconds=ingredients.composite.seconds,
        cost_usd=ingredients.worth_usd,
        video=ingredients.composite.video,
        source=ingredients.picture.media,
        kind=ingredients.kind_of_file,
        parts=ingredients.parts,
        label=ingredients.content.label,
    )


def _shown(take: KeptTake, segment: str, address: Callable[[Media, str], str]) -> Take:
    place = f"{segment}/{_folder_of(take)}"
    return Take(
        number=take.number,
        take=take.take,
        text=take.text,
        seconds=take.seconds,
        cost_usd=take.cost_usd,
        video=address(take.video, f"{place}/{SEGMENT_FILE}"),
        speaker=address(take.source, f"{place}/{_source_name(take)}"),
    )


def _folder_of(take: KeptTake) -> str:
    return f"takes/{take.number}"


def _source_name(take: KeptTake) -> str:
    return f"{take.kind}{take.source.suffix}"


# Of earlier versions


class _OldTake(Value):
    number: int
    performance: str
    shown: Take


_OLD_LIST: Final = TypeAdapter(list[_OldTake])


def _taken_over(library: Library, records: Records, cell: CellKey) -> tuple[KeptTake, ...]:
    """The takes that an earlier version listed in the segment's folder, brought into its records once."""
    folder = records.folder(cell)
    file = folder / _OLD_FILE
    if not file.exists():
        return ()
    kept = []
    for old in _OLD_LIST.validate_python(json.loads(file.read_bytes())):
        video, source = folder.parent / old.shown.video, folder.parent / old.shown.speaker
        with suppress(FileNotFoundError):
            kept.append(
                KeptTake(
                    number=old.number,
                    performance=old.performance,
                    **old.shown.model_dump(include={"take", "text", "seconds", "cost_usd"}),
                    video=library.put(video),
                    source=library.put(source),
                    kind=source.stem,
                )
            )
    records.write(ASSET, cell, KeptTakes(listed=tuple(kept)), {})
    file.unlink()
    return tuple(kept)
