"""A run makes one version of its content: what its script was read from, whatever people edit meanwhile."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import dagster as dg
import pytest

from ninja_assets.runs.production import check_order, prepare
from resources.core.names import COMPOSITES, EPISODE_ASSETS, SCRIPT
from resources.core.values import Voice
from resources.providers.offline.offline_voice import OfflineVoiceStudio
from resources.purchasing.requests.briefs import VoiceBrief
from tests.stage import Stage, build_stage, face

EPISODE = """\
    GUEST: One two three.
    GLITCH {broll: pictures/map.png, camera: close}: Four five, six.
    """


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """One library for all tests."""
    return build_stage(tmp_path_factory.mktemp("versions"))


@pytest.fixture
def stage(made: Stage) -> Stage:
    made.write_episode(text=EPISODE)
    draw(made, "#224466")
    return made


def draw(stage: Stage, color: str) -> None:
    """The picture over the second turn."""
    (stage.show / "pictures").mkdir(exist_ok=True)
    face((1400, 1400), color).save(stage.show / "pictures" / "map.png")


@contextmanager
def when_the_first_voice_is_made(then: Callable[[], None]) -> Iterator[list[str]]:
    """Do something once, between the script and the clips; yields the text before which it was done."""
    done: list[str] = []
    turn, speak = threading.Lock(), OfflineVoiceStudio.speak

    def watched(studio: OfflineVoiceStudio, brief: VoiceBrief) -> Voice:
        with turn:  # no voice is made meanwhile, and nothing before its voice
            if not done:
                done.append(brief.spoken)
                then()
        return speak(studio, brief)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OfflineVoiceStudio, "speak", watched)
        yield done


def told(stage: Stage, asset: str, name: str, cells: int = 2) -> list[object]:
    """What the newest cells of an asset say under a name, the last segment first; the unused slots come before."""
    with stage.instance() as instance:
        records = instance.fetch_materializations(dg.AssetKey(asset), limit=cells).records
        made = [record.asset_materialization for record in records if record.asset_materialization]
        return [each.metadata[name].value for each in made]


def test_no_edit_after_the_script_changes_a_run_and_the_next_one_sees_it(stage: Stage) -> None:
    def edit() -> None:
        for path in (*pictures, stage.show / "show.yaml", stage.show / "episodes" / "demo.md"):
            path.unlink()

    plain = stage.produce()
    before = set(told(stage, SCRIPT, "content"))
    own = [path for path in stage.show.rglob("*.png") if ".state" not in path.parts]
    pictures = {path: path.read_bytes() for path in own}
    draw(stage, "#ff8800")
    with when_the_first_voice_is_made(edit) as edited:
        made = stage.produce()
    assert edited
    assert (plain.error, made.error) == (None, None)
    assert [segment.reused for segment in made.segments] == [True, False]  # by the picture as it was when it began
    assert set(told(stage, SCRIPT, "content")) != before
    for path, content in pictures.items():
        path.write_bytes(content)
    stage.write_show()
    stage.write_episode(text=EPISODE)
    assert [segment.reused for segment in stage.produce().segments] == [True, True]
    assert set(told(stage, SCRIPT, "content")) == before  # the same files: the same version


def test_what_is_wrong_is_told_in_the_persons_own_file(stage: Stage) -> None:
    stage.write_show()
    text = EPISODE + "    BROLL {image: pictures/map.png, over: true, begins: 50}: A map.\n"
    stage.write_episode(text=text)
    error = stage.produce().error
    assert error is not None
    assert f"{stage.show / 'episodes' / 'demo.md'}:3" in error


@pytest.mark.parametrize("shared", [True, False])
def test_a_cell_made_without_its_script_is_of_the_scripts_version_where_media_are_shared(
    stage: Stage, shared: bool
) -> None:
    library = f"memory://{uuid4().hex}" if shared else ""
    name, settings = f"alone-{shared}".lower(), stage.settings()
    stage.write_episode(name, EPISODE.splitlines()[1])
    order = check_order(replace(settings, library=library or settings.library), name)
    with stage.instance() as instance:
        before = [asset for asset in EPISODE_ASSETS if asset != EPISODE_ASSETS[-1]]
        assert prepare(order, instance, before, resource_overrides=None) is None
        draw(stage, "#ff8800")
        assert prepare(order, instance, [COMPOSITES], resource_overrides=None) is None
    assert told(stage, COMPOSITES, "reused", cells=1) == [shared]
