"""What waits for a person, on the desk: shown with its price, approved once, refused when it is no longer so."""

import json
import re

import pytest

from ninja_assets.cli.commands.making.approve import show as show_waiting
from ninja_assets.notices import of_comparisons
from ninja_assets.reports.match_offers import offer_of
from ninja_assets.reports.matches import check_caps, check_match
from ninja_assets.runs.approving import approve
from ninja_assets.runs.launches import Launch, launch_of
from resources.core.errors import ContentError, StudioError
from resources.core.names import Mode
from resources.core.values import Part
from resources.models.loading import load_script, load_show
from resources.models.prices.price_values import usd
from resources.purchasing.books import open_state
from resources.purchasing.episode_quote import quote_episode
from resources.purchasing.state.approvals import Approvals, Ask, Doubt
from tests.ninja_assets.desk.site.desk_app import Served
from tests.ninja_assets.desk.site.waiting_stage import MODELS, PAGE, SHOW, TURNS, waiting


def test_the_page_shows_the_price_and_the_voice_that_wait(served: Served, asked: tuple[Ask, Doubt]) -> None:
    (ask, doubt), page = asked, served.get(PAGE).text
    price = usd(ask.offer.usd)
    assert f'data-marks="{ask.offer.mark}">Approve <span class="price">{price}</span>' in page
    assert f'data-segment="s02" data-voice="{doubt.sha256}"' in page
    assert "almost nothing is heard" in page
    [audio] = re.findall(r'src="(/desk/media/[0-9a-f]{64}\.wav)" aria-label="the voice of s02, to be heard', page)
    assert served.get(audio, Range="bytes=0-3").content == b"RIFF"
    assert page.count('aria-label="waits for you"') == 2
    assert f"draft · waits for {price}" in served.get("/desk/").text
    [listed] = re.findall(r'<ul class="waits">(.*?)</ul>', served.get("/desk/").text)
    assert re.findall(r"<strong>(.*?)</strong> <b>.*?</b> <span>(.*?)</span>", listed) == [
        (price, "the clips of s01"),
        ("listen", "the voice of s02 is to be heard first"),
    ]


def test_two_clicks_approve_once_and_the_run_goes_on_as_it_was_launched(
    served: Served, asked: tuple[Ask, Doubt]
) -> None:
    (ask, _), before = asked, served.get(f"{PAGE}/pulse").json()
    first, second = sorted(
        served.post_twice(f"{PAGE}/approve", {"prices": [ask.offer.mark]}), key=lambda answer: answer.status_code
    )
    assert (first.status_code, first.json()["told"]) == (200, f"{usd(ask.offer.usd)} approved. What waited goes on.")
    assert (second.status_code, "nothing of demo waits for approval" in second.json()["error"]) == (409, True)
    [params] = served.launched
    tags = {tag["key"]: tag["value"] for tag in params["executionMetadata"]["tags"]}
    assert (tags["ninja/root_run"], tags["ninja/mode"], tags.get("ninja/door")) == (ask.root_run, "draft", None)
    assert (tags["dagster/asset_partition_range_start"], tags["dagster/asset_partition_range_end"]) == (
        "demo|s01",
        "demo|s04",
    )
    assert params["runConfigData"] == {"resources": {"studio": {"config": {"mode": "draft"}}}}
    assert served.get(f"{PAGE}/pulse").json()["version"] != before["version"]
    assert 'data-act="approve"' not in served.get(PAGE).text


def test_where_the_run_that_waited_was_deleted_no_other_run_stands_for_it(
    served: Served, asked: tuple[Ask, Doubt]
) -> None:
    ask, _ = asked
    with open_state(served.stage.settings(), load_show(served.stage.show)) as state:
        Approvals.of(state).ask(ask.offer, "00000000-0000-0000-0000-00000000dead")
    answer = served.post(f"{PAGE}/approve", {"prices": [ask.offer.mark]})
    assert answer.status_code == 409
    assert f"{usd(ask.offer.usd)} approved. No run was launched" in answer.json()["error"]
    assert "is not in Dagster any more" in answer.json()["error"]
    assert served.launched == []


def test_of_two_runs_that_go_on_the_one_that_was_launched_is_not_denied(
    served: Served, asked: tuple[Ask, Doubt], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, _ = asked
    launched: list[Launch] = []

    async def launch(_: object, code: object, wanted: Launch) -> str:
        if launched:
            raise StudioError("Dagster did not launch the run", why="the code is not loaded")
        launched.append(wanted)
        return "run-1"

    both = [launch_of("demo", Mode.DRAFT, [segment]) for segment in ("s01", "s03")]
    monkeypatch.setattr("ninja_assets.desk.site.acts._going_on", lambda *_: both)
    monkeypatch.setattr("ninja_assets.desk.site.acts.launch", launch)
    answer = served.post(f"{PAGE}/approve", {"prices": [ask.offer.mark]})
    assert (answer.status_code, launched) == (409, both[:1])
    assert f"{usd(ask.offer.usd)} approved. Of 2 runs only 1 was launched" in answer.json()["error"]


def test_a_page_that_shows_another_price_approves_nothing_and_is_told_the_new_one(
    served: Served, asked: tuple[Ask, Doubt]
) -> None:
    ask, _ = asked
    items = tuple(item.model_copy(update={"usd": 2 * item.usd}) for item in ask.offer.items)
    dearer = ask.offer.model_copy(update={"items": items})
    with open_state(served.stage.settings(), load_show(served.stage.show)) as state:
        Approvals.of(state).ask(dearer, ask.root_run)
    answer = served.post(f"{PAGE}/approve", {"prices": [ask.offer.mark]})
    assert answer.status_code == 409
    assert f"what waits is another purchase now, for {usd(2 * ask.offer.usd)}" in answer.json()["error"]
    assert (served.launched, [each.offer for each in waiting(served.stage)]) == ([], [dearer])
    assert f'Approve <span class="price">{usd(dearer.usd)}</span>' in served.get(PAGE).text


def test_a_voice_is_taken_as_it_was_heard_and_no_other(served: Served, asked: tuple[Ask, Doubt]) -> None:
    ask, doubt = asked
    other = served.post(f"{PAGE}/approve", {"voices": {"s02": "0" * 64}})
    assert (other.status_code, "another voice waits now" in other.json()["error"]) == (409, True)
    none = served.post(f"{PAGE}/approve", {"voices": {"s01": doubt.sha256}})
    assert (none.status_code, "no voice of s01 of demo waits" in none.json()["error"]) == (409, True)
    answers = served.post_twice(f"{PAGE}/approve", {"voices": {"s02": doubt.sha256}})
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(served.launched) == 1
    assert [each.offer for each in waiting(served.stage)] == [ask.offer]  # the price is another matter
    assert "Listen first" not in served.get(PAGE).text


@pytest.mark.parametrize("body", [{}, {"prices": []}, {"prices": ["a"], "voices": {"s02": "b"}}, {"yes": True}])
def test_a_yes_to_nothing_in_particular_is_none(served: Served, body: dict[str, object]) -> None:
    assert served.post(f"{PAGE}/approve", body).status_code == 422
    assert (served.launched, len(waiting(served.stage))) == ([], 1)


def test_what_a_shell_would_refuse_is_refused_before_a_run_is_launched(
    served: Served, asked: tuple[Ask, Doubt], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FAL_KEY")
    answer = served.post(f"{PAGE}/approve", {"prices": [asked[0].offer.mark]})
    assert (answer.status_code, "FAL_KEY" in answer.json()["error"]) == (409, True)
    assert (served.launched, len(waiting(served.stage))) == ([], 1)


def test_where_nothing_is_bought_from_the_pages_the_command_is_shown_instead(
    served: Served, asked: tuple[Ask, Doubt]
) -> None:
    served.stage.write_show(f"{SHOW}    ui: {{paid: false}}\n")
    page = served.get(PAGE).text
    assert "ninja approve demo --mode draft" in page
    assert 'data-act="approve"' not in page
    answer = served.post(f"{PAGE}/approve", {"prices": [asked[0].offer.mark]})
    assert (answer.status_code, "buys nothing from the pages" in answer.json()["error"]) == (409, True)
    assert (served.launched, len(waiting(served.stage))) == ([], 1)


def test_a_click_at_an_exact_price_is_the_yes_that_its_run_asks_for(served: Served, asked: tuple[Ask, Doubt]) -> None:
    found = served.get(f"{PAGE}/prices?segment=s01").json()
    assert (found["speaker"]["exact"], found["voice"]["exact"]) == (True, False)
    assert "it waits here for your yes" in found["voice"]["note"]
    price = found["speaker"]["usd"]
    [shown] = {*re.findall(r'data-segment="s01" data-shown="([0-9a-f]+)"', served.get(PAGE).text)}
    wanted = {"segment": "s01", "part": "speaker", "shown": shown}
    cheaper = served.post(f"{PAGE}/retake", {**wanted, "usd": price - 0.05})
    assert (cheaper.status_code, f"the price is {usd(price)} now" in cheaper.json()["error"]) == (409, True)
    assert served.post(f"{PAGE}/retake", {**wanted, "usd": price}).status_code == 200
    assert len(served.launched) == 1
    show, settings = load_show(served.stage.show), served.stage.settings(Mode.DRAFT)
    script = load_script(served.stage.show, show, "demo")
    anew = quote_episode(settings, show, script, segments=["s01"], retake=["s01"], retake_of=[Part.SPEAKER]).offer
    assert anew is not None
    with open_state(settings, show) as state:
        approvals = Approvals.of(state)
        with state.store.writing(alone=True) as session:
            assert approvals.use(session, anew, "the run")
        with state.store.writing(alone=True) as session:
            assert not approvals.use(session, anew, "another run")


def test_models_are_compared_at_the_price_that_was_shown_and_the_yes_is_for_that_run_alone(
    served: Served, asked: tuple[Ask, Doubt]
) -> None:
    models = MODELS
    page = served.get(f"{PAGE}/models/s01").text
    shown = {model: float(price) for model, price in re.findall(r'value="([^"]+)" data-usd="([0-9.]+)"', page)}
    price = sum(shown[model] for model in models)
    assert price > 0
    body = {"models": models, "usd": price - 0.05}
    cheaper = served.post(f"{PAGE}/models/s01/compare", body)
    assert (cheaper.status_code, f"the price is {usd(price)} now" in cheaper.json()["error"]) == (409, True)
    assert served.launched == []
    assert served.post(f"{PAGE}/models/s01/compare", {**body, "usd": price}).status_code == 200
    [params] = served.launched
    assert params["runConfigData"]["ops"]["compare"]["config"]["cap_usd"] == pytest.approx(price)
    match = check_match(served.stage.settings(Mode.DRAFT), "demo", "s01", models)
    quote = check_caps(match)
    assert quote is not None
    assert not offer_of(match, quote).covers(asked[0].offer)
    with open_state(match.settings, match.show) as state, state.store.writing(alone=True) as session:
        approvals = Approvals.of(state)
        assert approvals.use(session, offer_of(match, quote), "the run")
        assert not approvals.use(session, offer_of(match, quote), "another run")


def test_a_voice_is_made_for_a_comparison_at_the_price_that_is_shown(served: Served) -> None:
    served.stage.write_episode(
        text=TURNS.replace("here we go.", "here we go again. " + 8 * "This is what everybody has waited for. ")
    )
    try:
        page = served.get(f"{PAGE}/models/s01").text
        [price] = map(float, re.findall(r'data-act="voice" data-usd="([0-9.]+)"', page))
        assert (price > 0, 'data-act="compare"' in page) == (True, False)
        cheaper = served.post(f"{PAGE}/models/s01/voice", {"usd": price - 0.006})
        assert (cheaper.status_code, served.launched) == (409, [])
        assert served.post(f"{PAGE}/models/s01/voice", {"usd": price}).status_code == 200
    finally:
        served.stage.write_episode(text=TURNS)
    assert len(served.launched) == 1


def test_a_comparison_that_waits_is_in_the_list_and_approved_once_from_any_page_that_shows_it(
    served: Served, comparison: Ask, asked: tuple[Ask, Doubt]
) -> None:
    offer, price = comparison.offer, usd(comparison.offer.usd)
    assert f'href="{PAGE}/models/s01"' in served.get("/desk/").text
    assert f"draft · waits for {usd(asked[0].offer.usd)}" in served.get("/desk/").text  # the episode's own price alone
    for page in (PAGE, f"{PAGE}/models/s01"):
        assert f'data-segment="s01" data-mark="{offer.mark}">Approve <span class="price">{price}</span>' in (
            served.get(page).text
        )
    pulse = served.get(f"{PAGE}/models/s01/pulse").json()
    other = served.post(f"{PAGE}/approve", {"comparison": {"s01": "0" * 64}})
    assert (other.status_code, "what waits is another purchase now" in other.json()["error"]) == (409, True)
    answers = served.post_twice(f"{PAGE}/models/s01/approve", {"comparison": {"s01": offer.mark}})
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [params] = served.launched
    assert params["selector"]["jobName"] == "compare_models"
    config = params["runConfigData"]["ops"]["compare"]["config"]
    assert config == {"episode": "demo", "segment": "s01", "models": MODELS, "cap_usd": offer.usd}
    assert served.get(f"{PAGE}/models/s01/pulse").json()["version"] != pulse["version"]
    assert [ask.offer for ask in waiting(served.stage)] == [asked[0].offer]  # the episode's own price is another matter
    with open_state(served.stage.settings(), load_show(served.stage.show)) as state:
        approvals = Approvals.of(state)
        with state.store.writing(alone=True) as session:
            assert approvals.use(session, offer, "the run that was launched")
        with state.store.writing(alone=True) as session:
            assert not approvals.use(session, offer, "another run")


def test_a_shell_lists_all_that_waits_each_with_the_command_that_says_yes(
    served: Served, comparison: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show_waiting(served.stage.settings(), as_json=True) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["waiting"]
    commands = [each["approve"].partition(" --offer ")[0] for each in found]
    assert {*commands} >= {"ninja approve demo --mode draft", "ninja approve demo --mode draft --compare s01"}
    assert show_waiting(served.stage.settings(), as_json=False) == 0
    printed = capsys.readouterr().out
    assert "a comparison by s01 of 2 models" in printed
    assert usd(comparison.offer.usd) in printed


def test_what_waits_is_told_where_something_else_was_to_be_approved(served: Served, comparison: Ask) -> None:
    settings, show = served.stage.settings(), load_show(served.stage.show)
    with pytest.raises(ContentError, match=r"no comparison by s02 of demo waits.*\n.*a comparison by s01 waits for"):
        approve(settings, show, "demo", compared="s02")


def test_a_comparison_that_waits_is_told_once_and_leads_to_its_page(served: Served, comparison: Ask) -> None:
    show = load_show(served.stage.show)
    first, second = (list(of_comparisons(show, served.stage.settings())) for _ in range(2))
    [notice] = first
    assert [each.event for each in first] == [each.event for each in second]
    price = usd(comparison.offer.usd)
    assert notice.message.title == f"Paid Show: the comparison by s01 of demo waits for {price}"
    assert f"`{comparison.offer.command}`" in notice.message.body
