"""`final_video`: exactly the script's segments, joined, in each format of the episode.

A cell is its segment's place in the cut, which is the same in every format.
"""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from ninja_assets.cells.asset import NotYetError, episode_asset
from ninja_assets.cells.cell_values import Composites, Cuts
from ninja_assets.cells.check_results import summary
from ninja_assets.cells.records import Stored, of_segment
from ninja_assets.cells.work import EpisodeWork, Metadata
from ninja_assets.cut.ingredients import ingredients_of
from ninja_assets.cut.joining import VERSION, FormatCut, cut_in, lay_out, look_at
from resources.content.segments import Script
from resources.content.show import Format
from resources.core.errors import ContentError, NinjaError
from resources.core.names import COMPOSITES, CUT_FILES, FINAL_VIDEO, CellKey, in_format
from resources.media.joining.join import CutFacts, Place
from resources.purchasing.state.state import EPISODE
from resources.quality.checks.report import JOINTS, MARK, SOUND, STREAMS, Finding


def _check(work: EpisodeWork) -> Sequence[Finding]:
    """What is found of the cut as it stands; nothing of one that is not made from what is there now."""
    script = work.records.script(work.episode)
    segments = _segments(work, script)
    for shape in script.formats:
        look_at(work, script, shape, ingredients_of(work, script, segments, shape))
    return [finding for finding in work.findings if finding.asset == FINAL_VIDEO]


@episode_asset(
    deps=[COMPOSITES],
    kinds={"ffmpeg", "video"},
    description="All segments of the script joined without a second encode, sound mastered. The cell says where its "
    "segment stands in the cut. Fails, naming them, when a segment is missing or out of date.",
    code_version=f"cut {VERSION}",
    checks=[STREAMS, JOINTS, SOUND, MARK],
    check=_check,
)
def final_video(work: EpisodeWork) -> Mapping[str, Metadata]:
    """Join the script's segments in each format, check the cuts, and lay them out."""
    script = work.records.script(work.episode)
    segments = _segments(work, script)
    # All formats are made and have passed before any is seen.
    cuts = [cut_in(work, script, shape, ingredients_of(work, script, segments, shape)) for shape in script.formats]
    shown: dict[str, object] = {}
    for made in cuts:
        ending = "" if made is cuts[0] else f"_{made.shape}"
        shown |= {f"{name}{ending}": value for name, value in lay_out(work, script, made).items()}
    _remove_others(work.records.episode_folder(work.episode), script)
    facts = cuts[0].cut.facts
    _remember_cuts(work, script, segments, cuts)
    moved = _remember_places(work, script, segments, facts)
    return _metadata(work, script, cuts, shown, moved)


def _remove_others(folder: Path, script: Script) -> None:
    """Remove the cuts of formats that the episode is no longer made in: they would show yesterday's words."""
    for shape in Format:
        if shape not in script.formats[1:]:
            for name in CUT_FILES:
                path = folder / in_format(name, shape.value, "")
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)


def _segments(work: EpisodeWork, script: Script) -> list[Stored[Composites]]:
    """The current composite of all that has a place in the cut.

    Raises one ContentError that names all that are missing or out of date.
    """
    found: list[Stored[Composites]] = []
    problems: dict[str, NinjaError] = {}
    for content in script.cut:
        try:
            found.append(_composites(work, script, CellKey(work.episode, content.segment)))
        except NinjaError as error:
            problems[content.segment] = error
    if problems:
        raise NotYetError(
            f"the cut waits for {', '.join(problems)}",
            why="; ".join(error.what for error in problems.values()),
            mend=f"launch {work.episode} with failed and missing only, or: ninja produce {work.episode} "
            f"--mode {work.studio.mode}",
        )
    return found


def _composites(work: EpisodeWork, script: Script, cell: CellKey) -> Stored[Composites]:
    stored = work.records.read(COMPOSITES, cell, Composites)
    missing = [shape.value for shape in script.formats if shape not in stored.value.by_format]
    if missing:
        raise ContentError(f"{cell.segment} has no composite in {' and '.join(missing)} yet", where=str(cell))
    return stored


def _remember_cuts(
    work: EpisodeWork, script: Script, segments: Sequence[Stored[Composites]], cuts: Sequence[FormatCut]
) -> None:
    """Write down the cuts themselves, by which pages show them."""
    made_from = {
        of_segment(COMPOSITES, content.segment): stored.digest
        for content, stored in zip(script.cut, segments, strict=True)
    }
    shown = Cuts(by_format={made.shape: made.shown for made in cuts})
    work.records.write(FINAL_VIDEO, CellKey(work.episode, EPISODE), shown, made_from)


def _remember_places(
    work: EpisodeWork, script: Script, segments: Sequence[Stored[Composites]], facts: CutFacts
) -> set[str]:
    """Write down where each segment lies in the cut; returns those whose place is another than before."""
    moved: set[str] = set()
    for content, segment, place in zip(script.cut, segments, facts.places, strict=True):
        cell = CellKey(work.episode, content.segment)
        before = work.records.find(FINAL_VIDEO, cell, Place)
        if before is None or before.value != place:
            moved.add(content.segment)
        work.records.write(FINAL_VIDEO, cell, place, {COMPOSITES: segment.digest})
    return moved


def _metadata(
    work: EpisodeWork, script: Script, cuts: Sequence[FormatCut], files: Metadata, moved: set[str]
) -> dict[str, Metadata]:
    """Each cell's place in the cut. Cells outside this run are told too: a longer turn moves all that follow.

    Those without a place come first: the asset's page shows what was told last.
    """
    facts = cuts[0].cut.facts
    whole: Metadata = {
        **files,
        "in_script": True,
        "mode": work.studio.mode.value,
        "formats": ", ".join(made.shape.value for made in cuts),
        "reused": all(made.reused for made in cuts),
        "cost_usd": 0.0,
        "episode_seconds": round(facts.seconds, 3),
        "episode_segments": len(script.cut),
    }
    places: dict[str, Metadata] = {
        content.segment: {
            **whole,
            "speaker": content.label,
            "starts_at": round(place.start, 3),
            "ends_at": round(place.end, 3),
            "seconds": round(place.end - place.start, 3),
            "words": content.words,
            "line": content.text,
            "checks": summary(work.findings, content.segment),
        }
        for content, place in zip(script.cut, facts.places, strict=True)
    }
    placeless: dict[str, Metadata] = {
        content.segment: {**whole, "line": content.text, "not_needed": "it has no place of its own in the cut"}
        for content in script.segments
        if content.segment not in places
    }
    wanted = {*work.segments, *moved}
    return {segment: values for segment, values in {**placeless, **places}.items() if segment in wanted}
