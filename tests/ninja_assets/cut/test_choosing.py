"""An earlier take is chosen where it is there, where all of it is known, and where nothing of it would be bought."""

from contextlib import closing
from pathlib import Path

import pytest

from ninja_assets.cells.record.records import Records
from ninja_assets.cli.commands.making.take import run
from ninja_assets.cut.choosing import choose_take
from ninja_assets.cut.past_takes import ASSET, KeptTake, KeptTakes
from resources.core.errors import ContentError
from resources.core.names import CellKey, Mode
from resources.core.values import Media, Part
from resources.models.loading import load_script, load_show
from resources.purchasing.books import open_state
from resources.purchasing.episode_quote import EpisodeQuote
from resources.purchasing.requests.takes import Takes
from tests.stage import Stage, build_stage, paid_show

CELL = CellKey("demo", "s01")


LINE = "One two three, here we go."


def take(number: int, parts: dict[Part, int] | None, text: str = LINE) -> KeptTake:
    file = Media(sha256="a" * 64, suffix=".mp4", size=1)
    return KeptTake(
        number=number, performance=f"p{number}", take=number, text=text, seconds=2.0, cost_usd=0.0, video=file,
        source=file, kind="speaker", parts=parts,
    )  # fmt: skip


def listed(stage: Stage, mode: Mode, *takes: KeptTake) -> None:
    settings = stage.settings(mode)
    with closing(open_state(settings, load_show(settings.show))) as state:
        Records(state, settings.output, mode).write(ASSET, CELL, KeptTakes(listed=takes), {})


def current(stage: Stage, part: Part, mode: Mode = Mode.REHEARSAL) -> int:
    settings = stage.settings(mode)
    show = load_show(settings.show)
    script = load_script(settings.show, show, CELL.episode)
    with closing(open_state(settings, show)) as state:
        return Takes(state, settings.mode).of(script, script.turn(CELL.segment), part)


def test_a_take_is_chosen_part_by_part_and_what_is_not_there_is_refused(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    with pytest.raises(ContentError, match="demo has no segment 's09'"):
        choose_take(stage.settings(), "demo", "s09", 1)
    with pytest.raises(ContentError, match="s01 of demo has no take 1") as none:
        choose_take(stage.settings(), "demo", "s01", 1)
    assert none.value.why == "its takes: none"
    listed(stage, Mode.REHEARSAL, take(1, None), take(2, {Part.VOICE: 2, Part.SPEAKER: 3}))
    with pytest.raises(ContentError, match="no take 3") as other:
        choose_take(stage.settings(), "demo", "s01", 3)
    assert other.value.why == "its takes: 1, 2"
    with pytest.raises(ContentError, match="take 1 of s01 cannot be chosen"):
        choose_take(stage.settings(), "demo", "s01", 1)
    assert choose_take(stage.settings(), "demo", "s01", 2).number == 2
    assert (current(stage, Part.VOICE), current(stage, Part.SPEAKER)) == (2, 3)


def test_a_take_of_other_words_is_not_chosen_for_those_that_stand_there_now(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    listed(stage, Mode.REHEARSAL, take(1, {Part.VOICE: 1, Part.SPEAKER: 1}, "What stood there before."))
    with pytest.raises(ContentError, match="take 1 of s01 is of other words: 'What stood there before"):
        choose_take(stage.settings(), "demo", "s01", 1)


def test_a_take_that_would_have_to_be_bought_is_not_chosen(tmp_path: Path) -> None:
    stage = paid_show(tmp_path)
    listed(stage, Mode.DRAFT, take(1, {Part.VOICE: 1, Part.SPEAKER: 1}))
    with pytest.raises(ContentError, match=r"take 1 of s01 would have to be bought for \$") as refused:
        choose_take(stage.settings(Mode.DRAFT), "demo", "s01", 1)
    assert "ninja produce demo --mode draft --segments s01 --retake" in str(refused.value.hint)


def test_a_take_that_no_run_could_use_is_not_chosen(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    listed(stage, Mode.REHEARSAL, take(1, {Part.VOICE: 2, Part.SPEAKER: 3}))

    def check() -> None:
        raise ContentError("the gate refuses it")

    with pytest.raises(ContentError, match="the gate refuses it"):
        choose_take(stage.settings(), "demo", "s01", 1, check=check)
    assert (current(stage, Part.VOICE), current(stage, Part.SPEAKER)) == (1, 1)


def test_a_shell_chooses_no_take_whose_run_the_gate_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = paid_show(tmp_path)
    listed(stage, Mode.DRAFT, take(1, {Part.VOICE: 2, Part.SPEAKER: 1}))
    nothing = EpisodeQuote(episode="demo", mode=Mode.DRAFT, total_usd=0, exact=True, price_date=None, segments=[])
    monkeypatch.setattr("ninja_assets.cut.choosing.quote_takes", lambda *_: nothing)
    for name in ("FAL_KEY", "FAL_AI_API_KEY", "ELEVENLABS_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with pytest.raises(ContentError, match="there is no key of"):
        run(stage.settings(Mode.DRAFT), "demo", "s01", 1)
    assert current(stage, Part.VOICE, Mode.DRAFT) == 1
