"""A person's word: to exactly what waits and was shown, in one mode, once."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg
import pytest

from ninja_assets.cells.running.launch import WAITS_TAG, run_tags, waits_for
from ninja_assets.runs.approving import agree, approve, decline
from resources.content.show import Approval, Show
from resources.core.errors import ContentError
from resources.core.names import CellKey, Mode
from resources.core.settings import Settings
from resources.models.loading import load_show
from resources.purchasing.books import open_state, waits_of
from resources.purchasing.state.approvals import Approvals
from resources.purchasing.state.consent import Offer
from tests.empty_ledger import empty_ledger
from tests.resources.purchasing.state.offers import offer
from tests.stage import Stage, build_stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return build_stage(tmp_path)


@pytest.fixture
def settings(stage: Stage) -> Settings:
    return stage.settings(Mode.DRAFT)


@pytest.fixture
def show(stage: Stage) -> Show:
    return load_show(stage.show)


@pytest.fixture
def approvals(settings: Settings, show: Show) -> Iterator[Approvals]:
    """What runs of the show wait for."""
    empty_ledger(settings.state / "ledger.db")
    with open_state(settings, show) as state:
        yield Approvals.of(state)


def doubt(approvals: Approvals, segment: str, sha256: str, mode: Mode = Mode.DRAFT) -> None:
    approvals.doubt(CellKey("monday", segment), mode, sha256, "it is too slow", f"run of {segment}")


def test_where_no_state_is_nothing_waits_and_none_is_made(settings: Settings, show: Show) -> None:
    assert waits_of(settings, show, "monday") == ([], [])
    with pytest.raises(ContentError, match="nothing of monday waits") as refused:
        approve(settings, show, "monday")
    assert refused.value.hint == "ninja produce monday"
    assert not (settings.state / "ledger.db").exists()


def test_a_price_is_approved_once(settings: Settings, show: Show, approvals: Approvals) -> None:
    approvals.ask(offer(1.0, 2.0), "run 1")
    approved = approve(settings, show, "monday")
    assert (approved.mode, approved.root_runs, approved.voices) == (Mode.DRAFT, ["run 1"], [])
    assert [each.usd for each in approved.offers] == [3.0]
    with pytest.raises(ContentError, match=r"\$3.00 of monday was approved before, and no run has bought") as told:
        approve(settings, show, "monday")
    assert str(told.value.hint).endswith("to take it back: ninja decline monday --mode draft")


def test_where_nothing_waits_the_command_that_asks_is_of_the_same_mode(settings: Settings, show: Show) -> None:
    with pytest.raises(ContentError, match="nothing of monday waits") as told:
        approve(settings, show, "monday", mode=Mode.FINAL)
    assert told.value.hint == "ninja produce monday --mode final"
    with open_state(settings, show):
        pass
    with pytest.raises(ContentError, match="no voice of s01 of monday waits") as told:
        approve(settings, show, "monday", mode=Mode.FINAL, segments=["s01"])
    assert told.value.hint == "ninja produce monday --mode final"


def test_only_what_was_shown_is_approved(settings: Settings, show: Show, approvals: Approvals) -> None:
    seen, now = offer(1.0), offer(1.5)
    approvals.ask(now, "run 1")
    with pytest.raises(ContentError, match=r"another purchase now, for \$1.50"):
        approve(settings, show, "monday", shown=[seen.mark])
    assert len(approvals.waiting("monday")) == 1
    assert approve(settings, show, "monday", shown=[now.mark]).root_runs == ["run 1"]


def test_a_price_beside_the_one_that_was_shown_is_no_part_of_the_yes(
    settings: Settings, show: Show, approvals: Approvals
) -> None:
    approvals.ask(offer(1.0), "run 1")
    approvals.ask(offer(2.0, first=5), "run 2")
    with pytest.raises(ContentError, match=r"for \$3.00"):
        approve(settings, show, "monday", shown=[offer(1.0).mark])
    assert approve(settings, show, "monday").root_runs == ["run 1", "run 2"]


def test_a_command_that_names_its_offer_approves_that_one_and_none_that_came_after_it(
    settings: Settings, show: Show, approvals: Approvals
) -> None:
    seen, now = offer(1.0), offer(1.5)
    approvals.ask(now, "run 1")
    approvals.ask(offer(2.0, first=5), "run 2")
    with pytest.raises(ContentError, match="another purchase now") as refused:
        approve(settings, show, "monday", mark=named(seen))
    assert refused.value.hint == f"{now.command}, or {offer(2.0, first=5).command}"
    assert len(approvals.waiting("monday")) == 2
    with pytest.raises(ContentError, match="too short to tell which price is meant"):
        approve(settings, show, "monday", mark=named(now)[:2])
    assert approve(settings, show, "monday", mark=named(now)).root_runs == ["run 1"]
    assert [ask.offer.usd for ask in approvals.waiting("monday")] == [2.0]


VOICES = {"draft": "s02,s10", "final": "s02"}


def named(one: Offer) -> str:
    """What its command names it by."""
    return one.command.split("--offer ")[1]


def test_what_waits_in_two_modes_needs_the_mode(settings: Settings, show: Show, approvals: Approvals) -> None:
    approvals.ask(offer(1.0), "run 1")
    approvals.ask(offer(9.0, mode=Mode.FINAL), "run 2")
    with pytest.raises(ContentError, match="waits in draft and in final") as refused:
        approve(settings, show, "monday")
    draft, final = offer(1.0), offer(9.0, mode=Mode.FINAL)
    assert refused.value.hint == f"{draft.command}, or {final.command}"
    assert draft.command.startswith("ninja approve monday --mode draft --offer ")
    with dg.DagsterInstance.ephemeral() as instance:
        with pytest.raises(ContentError, match="waits in draft and in final") as refused:
            decline(settings, show, "monday", instance)
        assert refused.value.hint == "ninja decline monday --mode draft, or ninja decline monday --mode final"
        assert len(approvals.waiting("monday")) == 2
    assert approve(settings, show, "monday", mode=Mode.DRAFT).root_runs == ["run 1"]
    assert [ask.offer.usd for ask in approvals.waiting("monday")] == [9.0]


def test_what_could_not_be_made_as_things_stand_is_not_approved(
    settings: Settings, show: Show, approvals: Approvals
) -> None:
    approvals.ask(offer(1.0), "run 1")

    def broken(mode: Mode, offers: Sequence[Offer]) -> None:
        assert (mode, offers) == (Mode.DRAFT, [offer(1.0)])
        raise ContentError("its script cannot be read")

    with pytest.raises(ContentError, match="cannot be read"):
        approve(settings, show, "monday", check=broken)
    assert [ask.offer for ask in approvals.waiting("monday")] == [offer(1.0)]


def test_a_yes_that_a_run_has_bought_by_is_not_taken_back(settings: Settings, show: Show, approvals: Approvals) -> None:
    approvals.ask(offer(1.0), "run 1")
    approve(settings, show, "monday")
    [agreed] = approvals.agreed("monday")
    with approvals._store.writing(alone=True) as session:
        assert approvals.use(session, offer(1.0), "run 1")
    assert not approvals.take_back([agreed])
    with dg.DagsterInstance.ephemeral() as instance, pytest.raises(ContentError, match="nothing of monday waits") as no:
        decline(settings, show, "monday", instance)
    assert no.value.hint == "ninja approve lists all that waits"


def test_a_run_over_several_episodes_waits_for_the_other_when_the_price_of_one_is_declined(
    settings: Settings, show: Show, approvals: Approvals
) -> None:
    root, waits = "00000000-0000-0000-0000-000000000001", "waiting for approval of $1.00"
    approvals.ask(offer(1.0), root)
    approvals.ask(offer(2.0).model_copy(update={"episode": "tuesday"}), root)
    tags = {**run_tags([CellKey("monday", "s01"), CellKey("tuesday", "s01")], "draft"), WAITS_TAG: waits}
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_run(dg.DagsterRun("job", run_id=root, status=dg.DagsterRunStatus.FAILURE, tags=tags))
        decline(settings, show, "monday", instance)
        now = instance.get_run_by_id(root)
        assert now is not None
        assert (waits_for(now.tags, "monday"), waits_for(now.tags, "tuesday")) == (("", "$1.00"), (waits, ""))
        decline(settings, show, "tuesday", instance)
        now = instance.get_run_by_id(root)
        assert now is not None
        assert (waits_for(now.tags, "tuesday"), now.tags[WAITS_TAG]) == (("", "$2.00"), "")


def test_a_voice_is_accepted_by_its_segment_and_no_price_with_it(
    settings: Settings, show: Show, approvals: Approvals
) -> None:
    doubt(approvals, "s02", "a" * 64)
    approvals.ask(offer(1.0), "run 1")
    approved = approve(settings, show, "monday", segments=["s02"])
    assert (approved.offers, approved.root_runs) == ([], ["run of s02"])
    assert approvals.accepted(CellKey("monday", "s02"), "a" * 64)
    assert len(approvals.waiting("monday")) == 1


def test_a_plain_yes_takes_no_voice_and_says_which_wait(settings: Settings, show: Show, approvals: Approvals) -> None:
    doubt(approvals, "s10", "b" * 64)
    doubt(approvals, "s02", "a" * 64)
    doubt(approvals, "s02", "c" * 64, Mode.FINAL)
    with pytest.raises(ContentError) as refused:
        approve(settings, show, "monday")
    commands = [f"ninja approve monday --mode {mode} --segments {names}" for mode, names in VOICES.items()]
    assert refused.value.hint == ", or ".join(commands)
    assert str(refused.value.why).startswith("the voice of s02, s10 waits to be heard in draft")
    assert not approvals.accepted(CellKey("monday", "s02"), "a" * 64)


def test_all_of_the_voices_that_are_named_must_wait(settings: Settings, show: Show, approvals: Approvals) -> None:
    doubt(approvals, "s02", "a" * 64)
    with pytest.raises(ContentError, match="no voice of s03 of monday"):
        approve(settings, show, "monday", segments=["s02", "s03"])
    assert not approvals.accepted(CellKey("monday", "s02"), "a" * 64)


def test_another_voice_than_was_heard_is_not_accepted(settings: Settings, show: Show, approvals: Approvals) -> None:
    doubt(approvals, "s02", "b" * 64)
    with pytest.raises(ContentError, match="another voice waits now"):
        approve(settings, show, "monday", segments=["s02"], shown=["a" * 64])
    assert approve(settings, show, "monday", segments=["s02"], shown=["b" * 64]).voices


@pytest.mark.parametrize("name", ["../monday", "", "a|b"])
def test_a_name_that_is_no_episodes_is_refused(settings: Settings, show: Show, name: str) -> None:
    with pytest.raises(ContentError, match="episode's name"):
        approve(settings, show, name)


def test_a_yes_before_the_run_is_written_only_where_the_run_would_ask(
    settings: Settings, show: Show, approvals: Approvals
) -> None:
    free, careful = (show.model_copy(update={"approval": Approval(above_usd=usd)}) for usd in (1.0, 0.99))
    agree(settings, free, offer(1.0))
    with approvals._store.writing(alone=True) as session:
        assert not approvals.use(session, offer(1.0), "run 1")
    agree(settings, careful, offer(1.0))
    with approvals._store.writing(alone=True) as session:
        assert approvals.use(session, offer(1.0), "run 1")
        assert not approvals.use(session, offer(1.0), "run 2")
