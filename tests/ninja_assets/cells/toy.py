"""A small graph of real declarations, whose cells cost nothing to make and fail when they are told to."""

import errno
import os
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg

from ninja_assets.assets.script import script
from ninja_assets.cells.asset import EpisodeAsset, Graph, NotYetError, SegmentAsset, episode_asset, segment_asset
from ninja_assets.cells.running.step import episode_step
from ninja_assets.cells.work import Delivered, EpisodeWork, Metadata, SegmentWork
from ninja_assets.partitions import cells, segments_of
from resources.content.segments import Turn
from resources.core.errors import ContentError, MediaError
from resources.core.names import CellKey
from resources.core.values import Part, Value
from resources.providers.elevenlabs.resource import ElevenLabsResource
from resources.providers.fal.resource import FalResource
from resources.quality.checks.report import LIPS, STREAMS, Finding, judged
from resources.studio import PlacesResource, StudioResource
from tests.stage import Stage, build_stage

SLOTS = 4
SEGMENTS = segments_of(SLOTS)
CELLS = cells(SLOTS)


class Thing(Value):
    """What a cell of the toy is."""

    words: str
    made_from: str = ""


@dataclass
class Toy:
    """What fails, and what was made: (asset, segment), in order."""

    stage: Stage
    broken: set[tuple[str, str]] = field(default_factory=set)
    in_passing: set[tuple[str, str]] = field(default_factory=set)  # another try can help
    unforeseen: set[tuple[str, str]] = field(default_factory=set)
    without_room: set[tuple[str, str]] = field(default_factory=set)  # the disk is full
    muffled: set[str] = field(default_factory=set)  # segments whose clip's check fails
    made: list[tuple[str, str]] = field(default_factory=list)
    takes: dict[str, int] = field(default_factory=dict)  # of each segment's clip

    @classmethod
    def build(cls, root: Path) -> "Toy":
        """A toy on a stage of its own."""
        return cls(build_stage(root))

    def studio(self, **config: Any) -> StudioResource:
        """Its studio."""
        return StudioResource(
            **{"mode": "rehearsal", **config},
            places=PlacesResource.of(self.stage.settings()),
            fal=FalResource(key=""),
            elevenlabs=ElevenLabsResource(api_key=""),
        )

    def graph(self) -> Graph:
        """The script as it is, three assets of a segment, a cut."""

        def make(name: str, *sources: str) -> Callable[[SegmentWork], Delivered]:
            def made(work: SegmentWork) -> Delivered:
                self.made.append((name, work.key.segment))
                if name == "speaker_clips":
                    takes = work.retaken(Part.SPEAKER).takes
                    self.takes[work.key.segment] = takes.of(work.script, work.content, Part.SPEAKER)
                if (name, work.key.segment) in self.broken:
                    raise MediaError(f"{name} is broken", hint="mend it")
                if (name, work.key.segment) in self.in_passing:
                    raise MediaError(f"{name} is away", retryable=True)
                if (name, work.key.segment) in self.unforeseen:
                    raise RuntimeError("nobody foresaw this")
                if (name, work.key.segment) in self.without_room:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                found = {source: work.read(source, Thing) for source in sources}
                value = Thing(words=work.content.text, made_from=",".join(each.digest for each in found.values()))
                digests = {source: each.digest for source, each in found.items()}
                return Delivered(value, digests or {"script": work.records.read("script", work.key, Turn).digest})

            made.__name__ = name
            return made

        def lips(work: SegmentWork) -> Sequence[Finding]:
            work.read("speaker_clips", Thing)
            passed = work.key.segment not in self.muffled
            return judged(
                "speaker_clips", Finding(check=LIPS.name, segment=work.key.segment, passed=passed, message="r = 0.9")
            )

        def segment(name: str, deps: Sequence[str], **more: Any) -> SegmentAsset:
            sources = [dep for dep in deps if dep != "script"]
            return segment_asset(deps=deps, kinds={"toy"}, description="A toy.", **more)(make(name, *sources))

        return Graph(
            script=script,
            segments=(
                segment("tts_audio", ["script"], code_version="1"),
                segment("speaker_clips", ["tts_audio"], code_version="1", paid=True, checks=[LIPS], check=lips),
                segment("composites", ["speaker_clips"], code_version="2", on_cores=True),
            ),
            cut=self._cut(),
        )

    def _cut(self) -> EpisodeAsset:
        def final_video(work: EpisodeWork) -> Mapping[str, Metadata]:
            parsed = work.records.script(work.episode)
            missing = []
            for content in parsed.cut:
                try:
                    work.records.read("composites", CellKey(work.episode, content.segment), Thing)
                except ContentError:
                    missing.append(content.segment)
            if missing:
                raise NotYetError(f"the cut waits for {', '.join(missing)}")
            self.made.append(("final_video", ""))
            work.findings.extend(
                judged("final_video", Finding(check=STREAMS.name, segment="", passed=True, message="1080x1920"))
            )
            if ("final_video", "") in self.broken:
                work.findings.extend(
                    judged("final_video", Finding(check=STREAMS.name, segment="s02", passed=False, message="no sound"))
                )
                raise MediaError("the cut is not fit to be seen")
            return {content.segment: {"in_script": True, "line": content.text} for content in parsed.cut}

        return episode_asset(deps=["composites"], kinds={"toy"}, description="A toy.", checks=[STREAMS])(final_video)

    def step(self) -> dg.AssetsDefinition:
        """Its step."""
        return episode_step(
            self.graph(),
            partitions_def=CELLS,
            segments=SEGMENTS,
            owners=[],
            before_clips=lambda _: {},  # the barrier of a paid mode: a toy has none
        )

    def launch(
        self,
        instance: dg.DagsterInstance,
        tags: Mapping[str, str],
        *assets: str,
        checks: Collection[tuple[str, str]] = (),
        **config: Any,
    ) -> dg.ExecuteInProcessResult:
        """Run the job as a page launches it: all assets if none is named."""
        defs = dg.Definitions(
            assets=[self.step()],
            jobs=[dg.define_asset_job("job", selection="*")],
            resources={"studio": self.studio(**config)},
            executor=dg.in_process_executor,
        )
        job = defs.resolve_job_def("job")
        self.made.clear()
        if checks:
            keys = {dg.AssetCheckKey(dg.AssetKey(asset), name) for asset, name in checks}
            job = job.get_subset(asset_selection=set(), asset_check_selection=keys)
        return job.execute_in_process(
            instance=instance,
            tags=dict(tags),
            asset_selection=[dg.AssetKey(name) for name in assets] or None,
            raise_on_error=False,
        )


def fill_up(database: Path) -> None:
    """Let every record be refused from now on, as by a disk without room."""
    with closing(sqlite3.connect(database)) as opened:
        for event in ("INSERT", "UPDATE"):
            opened.execute(
                f"CREATE TRIGGER IF NOT EXISTS full_{event} BEFORE {event} ON records "
                "BEGIN SELECT RAISE(FAIL, 'the disk is full'); END"
            )


@contextmanager
def open_instance(*episodes: str) -> Iterator[dg.DagsterInstance]:
    """An ephemeral instance that knows these episodes."""
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("episode", list(episodes))
        yield instance


def red(instance: dg.DagsterInstance, asset: str, episode: str = "demo") -> set[str]:
    """The segments whose cell Dagster shows as failed."""
    keys = [f"{episode}|{segment}" for segment in SEGMENTS]
    states = instance.get_status_by_partition(dg.AssetKey(asset), keys, CELLS) or {}
    return {key.split("|")[1] for key, state in states.items() if state is not None and state.value == "FAILED"}


def green(instance: dg.DagsterInstance, asset: str, episode: str = "demo") -> set[str]:
    """The segments whose cell is materialized."""
    found = instance.get_materialized_partitions(dg.AssetKey(asset))
    return {key.split("|")[1] for key in found if key.startswith(f"{episode}|")}
