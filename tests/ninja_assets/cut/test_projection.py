"""An episode's folder is a projection: any machine with the same state and library lays it out whole."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from ninja_assets.cells.record.cell_values import Listeners
from ninja_assets.cells.record.records import Records
from ninja_assets.cut.projection import have_a_cut, lay_out, open_episode
from ninja_assets.cut.review import Sight
from ninja_assets.runs.produced import Production
from ninja_assets.runs.production import check_order, produce
from resources.core.errors import ContentError, MediaLostError
from resources.core.library import Library
from resources.core.names import LISTENER_CLIPS, CellKey, Mode
from resources.core.settings import Settings
from resources.core.values import Clip, Receipt
from resources.models.loading import load_script, load_show
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.state.state import ShowState
from tests.empty_ledger import empty_ledger
from tests.stage import Stage, build_stage


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, rehearsed_library: Path) -> Stage:
    """The machine that made the episode: its state and library are those of all machines."""
    stage = build_stage(tmp_path_factory.mktemp("here"), library=rehearsed_library)
    assert stage.produce().error is None
    assert stage.produce(segments=("s02",), retake=True).error is None
    return stage


@pytest.fixture
def there(here: Stage, tmp_path: Path) -> Stage:
    """Another machine, with a checkout, a Dagster home and an output of its own."""
    stage = Stage(tmp_path)
    shutil.copytree(here.show, stage.show, ignore=shutil.ignore_patterns(".state"))
    return stage


def shared(stage: Stage, here: Stage) -> Settings:
    """A machine's settings, with the state and the library that it shares."""
    ours = here.settings()
    return dataclasses.replace(stage.settings(), library=ours.library, ledger_url=ours.ledger_url)


def test_another_machine_lays_out_what_this_one_made(here: Stage, there: Stage) -> None:
    laid = open_episode(shared(there, here), "demo")
    ours, theirs = tree(here.output / "demo"), tree(there.output / "demo")
    assert laid.lost == ()
    assert "rehearsal/s02/takes/1/segment.mp4" in theirs
    assert theirs.keys() == ours.keys()
    # The page of the machine that made it has not seen the turn after the retake go on.
    assert [name for name in ours if ours[name] != theirs[name] and name != "rehearsal/review.html"] == []
    page = laid.page.read_text(encoding="utf-8")
    assert 'src="s02/takes/1/segment.mp4"' in page
    assert open_episode(here.settings(), "demo").page.read_text(encoding="utf-8") == page


def test_a_segment_made_on_another_machine_finds_the_others_and_the_cut_is_whole_there(
    here: Stage, there: Stage
) -> None:
    settings = shared(there, here)
    with there.instance() as instance:
        made: Production = produce(check_order(settings, "demo", segments=["s02"]), instance)
    assert made.error is None, made.error
    assert [(each.segment, each.reused) for each in made.segments] == [("s02", True)]
    assert tree(there.output / "demo").keys() == tree(here.output / "demo").keys()


def test_an_episode_that_was_not_made_in_a_mode_names_the_mode_in_which_it_was(here: Stage) -> None:
    with pytest.raises(ContentError, match="nothing of demo was made in draft mode yet") as refused:
        open_episode(here.settings(Mode.DRAFT), "demo")
    assert refused.value.hint == "ninja open demo --mode rehearsal"
    with pytest.raises(ContentError) as unknown:
        open_episode(here.settings(), "never")
    assert unknown.value.hint == "ninja produce never --mode rehearsal"


def test_what_another_machine_has_made_is_not_launched_again(here: Stage, there: Stage) -> None:
    settings = shared(there, here)
    show = load_show(settings.show)
    assert have_a_cut(settings, show, ["demo", "never"]) == {"demo"}
    assert have_a_cut(settings.in_mode(Mode.DRAFT), show, ["demo"]) == set()
    assert have_a_cut(there.settings(), show, ["demo"]) == set()  # it has no state of its own


def test_no_file_of_a_segment_shows_what_stood_there_before(tmp_path: Path) -> None:
    stage = build_stage(tmp_path / "stage")
    stage.write_episode(text="---\nformats: [short, long]\n---\nNINJA: One.\nBROLL {seconds: 3}: A street.\n")
    show, library = load_show(stage.show), Library(str(tmp_path / "library"))
    with ShowState(Store(empty_ledger(tmp_path / "ledger.db")), "show") as state:
        records = Records(state, stage.output, Mode.REHEARSAL)
        records.write_script(load_script(stage.show, show, "demo"))
        loop = library.put_bytes(b"loop", ".mp4")
        clip = Clip(video=loop, seconds=1, width=9, height=9, fps=30, receipt=Receipt(provider="offline"))
        records.write(LISTENER_CLIPS, CellKey("demo", "s01"), Listeners(clips={"GLITCH": clip}), {})
        folder = records.episode_folder("demo")
        kept = {
            "s01/voice.wav",  # of an earlier version, which did not record it
            "s01/listener-glitch.mp4",
            "s01/notes.txt",
            "s01/shot.psd",  # an editor's own
            "s02/voice.aup3",
            "s03/takes/1/segment.mp4",
        }
        stale = {
            "s01/shot.png",
            "s01/listener-guest.mp4",
            "s02/voice.wav",
            "s02/speaker.mp4",
            "s02/listener-ninja.mp4",
            "s03/segment.mp4",
            "s03/segment-long.mp4",
            "s03/poster.webp",
            "s04/shot.mp4",
        }
        for name in kept | stale:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"before")
        lay_out(Sight(show, stage.show, library, records, records.script("demo")), stage.output)
        assert tree(folder).keys() - {"review.html", "review-long.html"} == kept
        assert (folder / "s01" / "listener-glitch.mp4").read_bytes() == b"loop"
        assert not (folder / "s04").exists()


def test_a_show_without_a_state_has_nothing_to_open(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="nothing of demo"):
        open_episode(build_stage(tmp_path).settings(), "demo")


def test_a_file_that_the_library_lost_is_named_and_the_rest_is_there(here: Stage, there: Stage, tmp_path: Path) -> None:
    settings = shared(there, here)
    copied = shutil.copytree(settings.library, tmp_path / "library")
    voice = open_episode(settings, "demo").folder / "s01" / "voice.wav"
    lost = Library(str(copied)).put(voice)
    (copied / "media" / lost.sha256[:2] / f"{lost.sha256}.wav").unlink()
    shutil.rmtree(there.output)
    laid = open_episode(dataclasses.replace(settings, library=str(copied)), "demo")
    assert laid.lost == ("s01/voice.wav",)
    assert (laid.folder / "final.mp4").exists()


def test_where_the_library_lost_the_cut_itself_the_command_that_brings_it_back_is_told(
    here: Stage, there: Stage, tmp_path: Path
) -> None:
    settings = shared(there, here)
    copied = shutil.copytree(settings.library, tmp_path / "library")
    lost = Library(str(copied)).put(open_episode(settings, "demo").folder / "final.mp4")
    (copied / "media" / lost.sha256[:2] / f"{lost.sha256}.mp4").unlink()
    shutil.rmtree(there.output)
    with pytest.raises(MediaLostError, match="missing from the library") as refused:
        open_episode(dataclasses.replace(settings, library=str(copied)), "demo")
    assert refused.value.hint == "ninja produce demo --mode rehearsal"
