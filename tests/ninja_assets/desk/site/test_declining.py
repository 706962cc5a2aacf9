"""A price that waits is declined, on the desk and in a shell: nothing is bought, and the next run asks anew."""

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from ninja_assets.archiving import archive
from ninja_assets.cli.commands.making import decline as decline_command
from ninja_assets.cli.commands.making.approve import show as show_waiting
from ninja_assets.runs.approving import approve, decline
from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.models.loading import load_show
from resources.models.prices.price_values import usd
from resources.purchasing.books import approved_of, open_ledger, open_state, waits_of
from resources.purchasing.ledger import Grouping
from resources.purchasing.state.approvals import Approvals, Ask, Doubt
from resources.purchasing.state.consent import Offer
from tests.ninja_assets.desk.site.desk_app import Served
from tests.ninja_assets.desk.site.waiting_stage import MODELS, PAGE, SHOW, waiting
from tests.stage import fill_home


def test_a_price_is_declined_once_and_its_run_waits_no_more(served: Served, asked: tuple[Ask, Doubt]) -> None:
    (ask, _), show = asked, load_show(served.stage.show)
    with pytest.raises(ContentError, match="a price of it waits") as refused:
        archive(served.stage.settings(), show, ["demo"], served.stage.dagster)
    assert refused.value.hint == "ninja decline demo --mode draft"
    other = served.post(f"{PAGE}/decline", {"prices": ["0" * 64]})
    assert (other.status_code, "what waits is another purchase now" in other.json()["error"]) == (409, True)
    first, second = sorted(
        served.post_twice(f"{PAGE}/decline", {"prices": [ask.offer.mark]}), key=lambda answer: answer.status_code
    )
    assert (first.status_code, second.status_code) == (200, 409)
    assert first.json()["told"].startswith(f"{usd(ask.offer.usd)} declined: nothing was bought")
    assert (served.launched, waiting(served.stage)) == ([], [])
    run = served.stage.dagster.get_run_by_id(ask.root_run)
    assert run is not None
    assert run.tags["ninja/declined"] == usd(ask.offer.usd)
    page = served.get(PAGE).text
    assert ("Approve" in page, "waiting for approval" in page) == (False, False)
    late = served.post(f"{PAGE}/approve", {"prices": [ask.offer.mark]})
    assert (late.status_code, "nothing of demo waits for approval" in late.json()["error"], served.launched) == (
        409,
        True,
        [],
    )


def test_after_a_no_the_next_run_asks_anew_and_nothing_is_reserved(served: Served, asked: tuple[Ask, Doubt]) -> None:
    (ask, _), settings, show = asked, served.stage.settings(Mode.DRAFT), load_show(served.stage.show)
    assert [each.mark for each in decline(settings, show, "demo", served.stage.dagster).offers] == [ask.offer.mark]
    with pytest.raises(ContentError, match="nothing of demo waits"):
        decline(settings, show, "demo", served.stage.dagster)
    with closing(open_ledger(settings, show)) as ledger:
        assert ledger.totals(Grouping.EPISODE)[0].in_flight_usd == 0
    again = served.stage.produce(mode=Mode.DRAFT)
    assert (again.waiting_usd, again.cost_usd) == (ask.offer.usd, 0)
    [asked_anew] = waiting(served.stage)
    assert (asked_anew.offer, asked_anew.root_run != ask.root_run) == (ask.offer, True)


def test_a_yes_at_a_terminal_to_a_price_that_was_declined_meanwhile_buys_nothing(
    served: Served, asked: tuple[Ask, Doubt]
) -> None:
    settings, show = served.stage.settings(Mode.DRAFT), load_show(served.stage.show)

    def declined_meanwhile(_: Sequence[Offer]) -> bool:
        return bool(decline(settings, show, "demo", served.stage.dagster))

    made = served.stage.produce(mode=Mode.DRAFT, approve=declined_meanwhile)
    assert (made.final_video, made.cost_usd, waiting(served.stage)) == (None, 0, [])
    assert "another word was said to this price meanwhile" in str(made.error)


def test_a_price_can_be_declined_where_nothing_is_bought_from_the_pages(
    served: Served, asked: tuple[Ask, Doubt]
) -> None:
    served.stage.write_show(f"{SHOW}    ui: {{paid: false}}\n")
    assert 'data-act="decline"' in served.get(PAGE).text
    assert served.post(f"{PAGE}/decline", {"prices": [asked[0].offer.mark]}).status_code == 200
    assert waiting(served.stage) == []


def test_a_shell_declines_a_price_and_says_so(
    served: Served, asked: tuple[Ask, Doubt], comparison: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, show, dagster = served.stage.settings(), load_show(served.stage.show), served.stage.dagster
    assert show_waiting(settings, as_json=True) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["waiting"]
    assert {each["decline"] for each in found} == {
        "ninja decline demo --mode draft",
        "ninja decline demo --mode draft --compare s01",
        "ninja decline demo --mode draft --segments s02",
    }
    with pytest.raises(ContentError, match="no comparison by s02 of demo waits"):
        decline(settings, show, "demo", dagster, compared="s02")
    said = decline(settings, show, "demo", dagster, compared="s01")
    assert [each.models for each in said.offers] == [tuple(MODELS)]
    assert [ask.offer for ask in waiting(served.stage)] == [asked[0].offer]  # the episode's own price is another matter
    run = dagster.get_run_by_id(comparison.root_run)
    assert run is not None
    assert (run.tags["ninja/waits"], run.tags["ninja/declined"]) == ("", usd(comparison.offer.usd))


def test_the_command_tells_what_it_has_declined(
    served: Served,
    asked: tuple[Ask, Doubt],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(fill_home(tmp_path / "home")))
    offer, settings = asked[0].offer, served.stage.settings()
    assert decline_command.run(settings, "demo", mode=Mode.DRAFT, segments=(), compared=None, as_json=True) == 0
    printed = json.loads(capsys.readouterr().out.splitlines()[-1])
    what = {"what": "the clips of s01", "segments": ["s01"], "usd": offer.usd, "taken_back": False}
    assert printed["declined"] == [{"episode": "demo", "mode": "draft", **what}]
    with pytest.raises(ContentError, match="nothing of demo waits for approval"):
        decline_command.run(settings, "demo", mode=None, segments=(), compared=None, as_json=False)


def test_a_voice_is_let_go_on_the_desk_and_its_run_waits_no_more(served: Served, asked: tuple[Ask, Doubt]) -> None:
    ask, doubt = asked
    assert "Let it go" in served.get(PAGE).text
    late = served.post(f"{PAGE}/decline", {"voices": {"s02": "0" * 64}})
    assert (late.status_code, "another voice waits now" in late.json()["error"]) == (409, True)
    told = served.post(f"{PAGE}/decline", {"voices": {"s02": doubt.sha256}}).json()["told"]
    assert told == "Let go: nothing was bought, and what is made is kept. The next run asks anew."
    assert "Listen first" not in served.get(PAGE).text
    assert served.launched == []
    assert [each.offer for each in waiting(served.stage)] == [ask.offer]  # the price is another matter
    decline(served.stage.settings(), load_show(served.stage.show), "demo", served.stage.dagster)
    run = served.stage.dagster.get_run_by_id(doubt.root_run)
    assert run is not None
    assert run.tags["ninja/waits"] == ""


def test_a_shell_lets_a_voice_go_and_the_next_run_asks_for_it_anew(
    served: Served,
    asked: tuple[Ask, Doubt],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(fill_home(tmp_path / "home")))
    settings, show = served.stage.settings(), load_show(served.stage.show)
    assert decline_command.run(settings, "demo", mode=None, segments=["s02"], compared=None, as_json=False) == 0
    assert "let go: the voice of s02. Nothing was bought" in capsys.readouterr().out
    with pytest.raises(ContentError, match="no voice of s02 of demo waits to be heard") as refused:
        decline_command.run(settings, "demo", mode=None, segments=["s02"], compared=None, as_json=False)
    assert refused.value.hint == asked[0].offer.decline
    served.stage.produce(mode=Mode.DRAFT)
    assert [each.cell.segment for each in waits_of(settings, show, "demo")[1]] == ["s02"]


def test_a_yes_that_no_run_has_bought_by_is_taken_back(served: Served, asked: tuple[Ask, Doubt]) -> None:
    (ask, _), settings, show = asked, served.stage.settings(), load_show(served.stage.show)
    approve(settings, show, "demo", mode=Mode.DRAFT)
    said = decline(settings, show, "demo", served.stage.dagster)
    assert (said.taken_back, said.offers) == (True, [ask.offer])
    made = served.stage.produce(mode=Mode.DRAFT)
    assert made.waiting_usd == ask.offer.usd  # asked for anew
    with pytest.raises(ContentError, match="nothing of demo waits for approval in final") as refused:
        decline(settings, show, "demo", served.stage.dagster, mode=Mode.FINAL)
    assert "ninja decline demo --mode draft" in str(refused.value.hint)
    assert "ninja approve" not in str(refused.value.hint)  # who says no is offered no command that buys


def test_a_yes_that_no_run_has_bought_by_is_seen_on_the_desk_and_taken_back_there_once(
    served: Served, asked: tuple[Ask, Doubt]
) -> None:
    (ask, _), settings, show = asked, served.stage.settings(), load_show(served.stage.show)
    assert "Approved, not bought yet" not in served.get(PAGE).text
    before = served.get(f"{PAGE}/pulse").json()["version"]
    approve(settings, show, "demo", mode=Mode.DRAFT)
    with open_state(settings, show) as state:
        Approvals.of(state).agree(ask.offer.model_copy(update={"mode": Mode.FINAL}))
    said = served.get(f"{PAGE}/pulse").json()["version"]
    assert said != before
    page = served.get(PAGE).text
    assert f'data-act="takeBack" data-marks="{ask.offer.mark}"' in page
    assert (page.count("Take it back"), ask.offer.decline in page) == (1, True)
    assert "Take it back" in served.get("/desk/episodes/demo/final").text  # of which nothing is made yet
    assert served.get("/desk/").text.count("<span>the clips of s01</span>") == 2

    served.stage.write_show(f"{SHOW}    ui: {{paid: false}}\n")
    wrong = served.post(f"{PAGE}/take-back", {"prices": [ask.offer.mark, "0" * 64]})
    assert (wrong.status_code, "is not there any more" in wrong.json()["error"]) == (409, True)
    first, second = sorted(
        served.post_twice(f"{PAGE}/take-back", {"prices": [ask.offer.mark]}), key=lambda answer: answer.status_code
    )
    assert (first.status_code, second.status_code, served.launched) == (200, 409, [])
    assert f"Your yes to {usd(ask.offer.usd)} is taken back" in first.json()["told"]
    assert "ninja approve lists" in second.json()["error"]
    assert "Take it back" not in served.get(PAGE).text
    assert served.get(f"{PAGE}/pulse").json()["version"] != said
    assert served.post(f"{PAGE}/take-back", {"prices": []}).status_code == 422
    assert [each.mode for each in approved_of(settings, show)] == [Mode.FINAL]
    decline(settings, show, "demo", served.stage.dagster, mode=Mode.FINAL)


def test_a_yes_to_a_comparison_that_no_run_has_bought_by_is_seen_on_its_page_and_taken_back_there_once(
    served: Served, comparison: Ask
) -> None:
    settings, show, offer = served.stage.settings(), load_show(served.stage.show), comparison.offer
    page = f"{PAGE}/models/s01"
    assert "Approved, not bought yet" not in served.get(page).text
    before = served.get(f"{page}/pulse").json()["version"]
    approve(settings, show, "demo", compared="s01", mode=Mode.DRAFT)
    said = served.get(f"{page}/pulse").json()["version"]
    assert said != before
    shown = served.get(page).text
    assert (shown.count("Approved, not bought yet"), f'data-marks="{offer.mark}"' in shown) == (1, True)
    assert offer.decline in shown
    assert "Approved, not bought yet" not in served.get(f"{PAGE}/models/s02").text  # of another segment
    both = [served.post(f"{page}/take-back", {"prices": [offer.mark]}) for _ in range(2)]
    assert [answer.status_code for answer in both] == [200, 409]
    assert "Approved, not bought yet" not in served.get(page).text
    assert served.get(f"{page}/pulse").json()["version"] not in (before, said)
    assert approved_of(settings, show) == []
    assert served.launched == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"prices": []},
        {"prices": ["a"], "comparison": {"s01": "b"}},
        {"voices": {}},
        {"prices": ["a"], "voices": {"s02": "b"}},
    ],
)
def test_a_no_to_nothing_in_particular_is_none(served: Served, body: dict[str, object]) -> None:
    assert served.post(f"{PAGE}/decline", body).status_code == 422
    assert len(waiting(served.stage)) == 1
