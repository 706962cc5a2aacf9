"""The sensor that registers new scripts as episodes. What to do is a pure decision; the sensor is a thin shell.

It also takes back episodes that cannot be: Dagster's dialog accepts any name (`a|b`, `..`, an empty one), and a `|`
in one makes Dagster read every key of it wrongly. Where new scripts are launched, one that the gate holds up is no
episode yet: it stays new until it is mended.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import dagster as dg

from ninja_assets.held_up import HeldUp, held_up, said_once
from ninja_assets.jobs import JOB_NAME, episode_request
from ninja_assets.partitions import EPISODE, episodes, segments_of
from resources.content.script import list_episodes, list_misnamed_files
from resources.content.show import Show
from resources.core.names import is_episode
from resources.core.settings import Settings
from resources.models.loading import load_show
from resources.purchasing.books import archived_episodes

EVERY_SECONDS = 30
_NAMES = "(a-z, 0-9, '.', '_', '-')"


@dataclass(frozen=True)
class News:
    """Episodes to register and to take back, and what to say when there are none."""

    new: Sequence[str]
    impossible: Sequence[str]
    reason: str

    def without(self, held: Collection[str]) -> "News":
        """The same, without the new episodes that are held up."""
        return replace(self, new=[episode for episode in self.new if episode not in held])


def news(files: Collection[str], misnamed: Collection[str], known: Collection[str], archived: Collection[str]) -> News:
    """Compare the episode files with the episodes that Dagster knows; archived ones are no news. The newest first."""
    new = sorted(set(files) - set(known) - set(archived), reverse=True)
    impossible = sorted(name for name in known if not is_episode(name))
    if misnamed:
        names = ", ".join(sorted(misnamed))
        return News(new, impossible, f"not registered, the name cannot be an episode's {_NAMES}: {names}")
    return News(new, impossible, f"no new scripts; {len(files)} known")


def held_back(settings: Settings, show: Show, new: Sequence[str]) -> list[HeldUp]:
    """The new episodes that the gate holds up, where the show launches new ones."""
    if not show.sensor.launch:
        return []
    each = (held_up(settings.in_mode(show.sensor.mode), episode) for episode in new)
    return [held for held in each if held is not None]


def new_scripts(*, show: Show, settings: Settings) -> dg.SensorDefinition:
    """Registers each new `episodes/<name>.md` as an episode; launches it too where show.yaml says so."""
    segments, folder = segments_of(show.slots), settings.show

    @dg.sensor(
        name="new_scripts",
        job_name=JOB_NAME,
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Registers new episode files as episodes; launches them only if show.yaml says so. Takes back "
        "episodes whose name cannot be one. Holds up one that its run would be refused for.",
    )
    def new_scripts_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        current = load_show(folder)
        known = context.instance.get_dynamic_partitions(EPISODE)
        misnamed = {path.name for path in list_misnamed_files(folder)}
        found = news(list_episodes(folder), misnamed, known, archived_episodes(settings, current))
        held = held_back(settings, current, found.new)
        found = found.without({each.episode for each in held})
        if not found.new and not found.impossible:
            return dg.SkipReason("\n".join(filter(None, [said_once(context, held), found.reason])))
        if held:
            context.log.warning("\n".join(map(str, held)))
        changes: list[dg.AddDynamicPartitionsRequest | dg.DeleteDynamicPartitionsRequest] = []
        if found.new:
            context.log.info(f"new episodes: {', '.join(found.new)}")
            changes.append(episodes.build_add_request(list(found.new)))
        if found.impossible:
            names = ", ".join(repr(name[:80]) for name in found.impossible)
            context.log.warning(f"taken back, the name cannot be an episode's {_NAMES}: {names}")
            changes.append(episodes.build_delete_request(list(found.impossible)))
        launched = found.new if current.sensor.launch else ()
        return dg.SensorResult(
            run_requests=[episode_request("new", episode, segments, current.sensor.mode) for episode in launched],
            dynamic_partitions_requests=changes,
        )

    return new_scripts_sensor
