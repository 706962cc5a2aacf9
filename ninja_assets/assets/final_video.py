"""`final_video`: exactly the script's segments, joined, in each format of the episode.

A cell is its segment's place in the cut, which is the same in every format.
"""

from collections.abc import Mapping, Sequence

from ninja_assets.cells.asset import NotYetError, episode_asset
from ninja_assets.cells.check_results import summary
from ninja_assets.cells.record.cell_values import Composites, Cuts
from ninja_assets.cells.record.records import Stored, of_segment
from ninja_assets.cells.work import EpisodeWork, Metadata
from ninja_assets.cut.ingredients import Ingredients, composites_of, ingredients_of
from ninja_assets.cut.joining import VERSION, FormatCut, cut_in, cut_metadata, look_at
from ninja_assets.cut.past_takes import follow_lines, keep_take
from ninja_assets.cut.projection import lay_out, publish_episode
from ninja_assets.cut.review import Sight
from resources.content.segments import Script
from resources.core.names import COMPOSITES, FINAL_VIDEO, CellKey, segment_key
from resources.core.progress import LOGGER
from resources.media.joining.join import CutFacts, Place
from resources.purchasing.state.state import EPISODE
from resources.quality.checks.report import JOINTS, MARK, MUSIC, SOUND, STREAMS, Finding


def _check(work: EpisodeWork) -> Sequence[Finding]:
    """What is found of the cut as it stands; nothing of one that is not made from what is there now."""
    script = work.records.script(work.episode)
    segments = composites_of(work.records, script)
    for shape in script.formats:
        look_at(work, script, shape, ingredients_of(work.records, script, segments, shape))
    return [finding for finding in work.findings if finding.asset == FINAL_VIDEO]


@episode_asset(
    deps=[COMPOSITES],
    kinds={"ffmpeg", "video"},
    description="All segments of the script joined without a second encode, sound mastered. The cell says where its "
    "segment stands in the cut. Fails, naming them, when a segment is missing or out of date.",
    code_version=f"cut {VERSION}",
    checks=[STREAMS, JOINTS, SOUND, MUSIC, MARK],
    check=_check,
)
def final_video(work: EpisodeWork) -> Mapping[str, Metadata]:
    """Join the script's segments in each format, check the cuts, and lay them out."""
    moved = set[str]()
    while True:
        work.records.refresh(work.episode)  # other runs of the episode have made some of it since this one began
        script = work.records.script(work.episode)
        segments = composites_of(work.records, script)
        made_of = {shape: ingredients_of(work.records, script, segments, shape) for shape in script.formats}
        # All formats are made and have passed before any is seen.
        cuts = [cut_in(work, script, shape, ingredients) for shape, ingredients in made_of.items()]
        _keep_takes(work, script, made_of[script.format])
        _remember_cuts(work, script, segments, cuts)
        moved |= _remember_places(work, script, segments, cuts[0].cut.facts)
        if not _is_outdated(work, segments):
            return _metadata(work, script, cuts, _lay_out(work, script, cuts), moved)
        LOGGER.info("%s: another run has made a segment anew meanwhile: it is joined again", work.episode)
        work.findings.clear()


def _is_outdated(work: EpisodeWork, segments: Sequence[Stored[Composites]]) -> bool:
    """Whether another run has made a segment anew since these were read: of two cuts, the one written last has all.

    A segment that is not there yet is joined by the run that makes it.
    """
    work.records.refresh(work.episode)
    try:
        now = composites_of(work.records, work.records.script(work.episode))
    except NotYetError:
        return False
    return [each.digest for each in now] != [each.digest for each in segments]


def _lay_out(work: EpisodeWork, script: Script, cuts: Sequence[FormatCut]) -> Metadata:
    """Lay out the whole episode, segments that another machine made too, and publish it where the settings say so.

    Returns what Dagster shows of the cuts.
    """
    studio, shown = work.studio, dict[str, object]()
    sight = Sight(studio.show, studio.settings.show, studio.library, work.records, script)
    laid = lay_out(sight, studio.settings.output)
    for path in laid.lost:
        LOGGER.warning("%s: %s is not laid out: the library has lost it", work.episode, path)
    for made in cuts:
        ending = "" if made is cuts[0] else f"_{made.shape}"
        shown |= {f"{name}{ending}": value for name, value in cut_metadata(work, made, laid.cuts[made.shape]).items()}
    if studio.settings.publish and studio.mode.paid:
        shown["published"] = publish_episode(sight, laid, studio.settings)
    return shown


def _keep_takes(work: EpisodeWork, script: Script, ingredients: Sequence[Ingredients]) -> None:
    """Enter what the segments of the cut were performed with in the lists of their takes, which follow their lines."""
    slots = map(segment_key, range(1, work.studio.show.slots + 1))
    follow_lines(work.studio.library, work.records, script, slots)
    for each in ingredients:
        keep_take(work.studio.library, work.records, CellKey(work.episode, each.segment), each)


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
