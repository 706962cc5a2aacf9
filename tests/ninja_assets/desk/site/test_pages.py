"""The desk's pages over a real rehearsal: what they show, what they serve, what they refuse, what they launch."""

import hashlib
import re
from pathlib import Path

import dagster as dg
import pytest

from ninja_assets.jobs import JOB_NAME
from ninja_assets.partitions import range_tags
from ninja_assets.reports.model_comparison import comparison_event
from resources.core.errors import StudioError
from resources.core.names import CellKey
from resources.core.values import Media
from resources.deliver.comparison_page import Comparison, Contender
from resources.models import speakers
from resources.models.endpoints import ids
from resources.purchasing.state.place import sqlite_file
from tests.ninja_assets.desk.site.desk_app import Served
from tests.stage import EPISODE, SHOW, build_stage

PAGE = "/desk/episodes/demo/rehearsal"
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, rehearsed_library: Path) -> Served:
    """The desk of a stage whose episode has been rehearsed, with a second take of its second segment."""
    stage = build_stage(tmp_path_factory.mktemp("desk"), library=rehearsed_library)
    assert stage.produce().error is None
    assert stage.produce(segments=("s02",), retake=True).error is None
    stage.write_episode("tuesday")
    return Served(stage)


def mark(served: Served, segment: str = "", *, path: str = PAGE) -> str:
    """What a page sends along with a click, by which it is known what it showed."""
    of = f'data-segment="{segment}" ' if segment else 'data-act="make" '
    found = re.search(rf'{of}data-shown="([0-9a-f]+)"', served.get(path).text)
    assert found is not None
    return found[1]


# What is seen and heard


def test_the_list_has_every_episode_with_its_poster_and_state(served: Served) -> None:
    page = served.get("/desk/").text
    assert re.search(r'<a class="badge good" href="/desk/episodes/demo/rehearsal">rehearsal · finished</a>', page)
    assert re.search(r'<img src="/desk/media/[0-9a-f]{64}\.webp"', page)
    assert "tuesday" in page
    assert "rehearse it" in page


@pytest.mark.parametrize("page", ["", "0", "-1", "x", "²", "9" * 5000])
def test_a_page_of_the_list_that_is_not_there_shows_one_that_is(served: Served, page: str) -> None:
    assert "/desk/episodes/demo" in served.get(f"/desk/?page={page}").text


def test_a_file_that_no_episode_can_be_named_by_is_told_and_not_left_out_in_silence(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    before = Served(stage).get("/desk/pulse").json()["version"]
    (stage.show / "episodes" / "<b>100%.md").write_text("NINJA: One.\n", encoding="utf-8")
    page = Served(stage).get("/desk/")
    assert "no episode can have such a name: <bdi>&lt;b&gt;100%.md</bdi>. Rename it like" in page.text
    assert Served(stage).get("/desk/pulse").json()["version"] != before


def test_the_list_is_told_by_its_pulse_that_something_is_written_noted_or_gone(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    seen = [Served(stage).get("/desk/pulse").json()["version"] for _ in range(2)]
    assert len({*seen}) == 1
    stage.write_episode(text=EPISODE.replace("A test", "Another title"))
    seen.append(Served(stage).get("/desk/pulse").json()["version"])
    stage.write_show(SHOW.replace("Test Show", "Best Show"))
    seen.append(Served(stage).get("/desk/pulse").json()["version"])
    (stage.show / "episodes" / "demo.md").unlink()
    seen.append(Served(stage).get("/desk/pulse").json()["version"])
    assert len({*seen}) == 4


def test_an_episode_shows_its_cut_and_each_segment_with_what_it_is_made_of(served: Served) -> None:
    page = served.get(PAGE).text
    for words in ("A test", "One two three", "hibari-tts", "lips follow the speech", "GLITCH listens"):
        assert words.replace(" ", "") in re.sub(r"<[^>]+>|\s", "", page) or words in page
    assert page.count('class="panel segment"') == 3
    assert f'src="{PAGE}/captions.vtt?shape=short"' in page
    assert served.get(f"{PAGE}/captions.vtt").text.startswith("WEBVTT")


def test_each_format_has_its_own_captions(tmp_path: Path) -> None:
    desk = Served(build_stage(tmp_path))
    desk.stage.write_episode(text="---\nformats: [short, square]\n---\nNINJA: One two three.\n")
    assert desk.stage.produce().error is None
    assert f'src="{PAGE}/captions.vtt?shape=square"' in desk.get(f"{PAGE}?shape=square").text
    cuts = {shape: desk.get(f"{PAGE}/captions.vtt?shape={shape}").text for shape in ("short", "square", "nonsense")}
    assert all("<v Ninja>One" in captions for captions in cuts.values())


def test_takes_stand_beside_each_other(served: Served) -> None:
    page = served.get(PAGE).text
    assert "now: take 2" in page
    assert "before: take 1" in page


def test_models_stand_beside_each_other_with_their_figures(served: Served) -> None:
    voice, clip = (
        Media(sha256=letter * 64, suffix=suffix, size=1) for letter, suffix in (("a", ".wav"), ("b", ".mp4"))
    )
    figures = {"seconds": 2.1, "width": 720, "height": 1280, "fps": 30, "lips_follow": 0.9}
    made = Contender.model_validate({"model": "m/pro", "name": "Pro", "price_usd": 0.5, "media": clip, **figures})
    failed = Contender(model="m/other", name="Other", price_usd=None, error="it <refused> the voice")
    comparison = Comparison(
        episode="demo",
        segment="s02",
        mode="rehearsal",
        speaker="Glitch",
        color="#ff4fd8",
        line="Four five six.",
        seconds=2.0,
        voice="s02/voice.wav",
        voice_media=voice,
        cost_usd=0.0,
        stand_ins=True,
        models=(made, failed),
    )
    with served.stage.instance() as instance:
        instance.report_runless_asset_event(comparison_event(comparison, CellKey("demo", "s02"), Path("s02.html")))
    page = served.get(f"{PAGE}/models/s02").text
    for words in (f"/desk/media/{'b' * 64}.mp4", f"/desk/media/{'a' * 64}.wav", "720x1280", "r 0.90", "would cost"):
        assert words in page
    assert "it &lt;refused&gt; the voice" in page
    assert re.search(rf'href="{PAGE}/models/s02">This segment by several', served.get(PAGE).text)
    assert re.search(rf'href="{PAGE}/models/s03">Compare models', served.get(PAGE).text)


def test_an_episode_that_is_not_made_offers_to_be_made(served: Served) -> None:
    page = served.get("/desk/episodes/tuesday/rehearsal").text
    assert 'data-act="make"' in page
    assert served.get("/desk/episodes/tuesday/final").status_code == 200


@pytest.mark.parametrize("path", ["/desk/episodes/nobody/rehearsal", "/desk/episodes/..%2F/rehearsal", f"{PAGE}x"])
def test_what_there_is_not_is_told_in_a_page(served: Served, path: str) -> None:
    answer = served.get(path, **HTML)
    assert answer.status_code == 404


def test_an_address_that_the_desk_does_not_have_is_told_in_a_page_too(served: Served) -> None:
    answer = served.get("/desk/nothing/here", **HTML)
    assert (answer.status_code, "There is no such page" in answer.text) == (404, True)
    assert "the desk has no page /desk/nothing/here" in answer.text


@pytest.mark.parametrize("path", ["", "costs", "episodes/demo", "episodes/demo/rehearsal", "episodes/demo/final/pulse"])
def test_where_the_ledger_cannot_be_opened_each_page_says_so_and_that_it_is_not_for_ever(
    tmp_path: Path, path: str
) -> None:
    desk = Served(build_stage(tmp_path))
    file = sqlite_file(desk.stage.settings().ledger_url)
    assert file is not None
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no database at all" * 100)
    answer = desk.get(f"/desk/{path}", **HTML)
    assert (answer.status_code, "the ledger cannot be opened" in answer.text) == (503, True)
    refused = desk.post("/desk/episodes/demo/rehearsal/archive", {})
    assert (refused.status_code, "the ledger cannot be opened" in refused.json()["error"]) == (503, True)


def test_where_show_yaml_cannot_be_read_each_page_says_where_its_mistake_is(tmp_path: Path) -> None:
    desk = Served(build_stage(tmp_path))
    desk.stage.write_show("title: [")
    for path in ("/desk/", "/desk/costs", "/desk/episodes/demo/rehearsal"):
        answer = desk.get(path, **HTML)
        assert (answer.status_code, "show.yaml" in answer.text) == (503, True)


def test_a_comparison_that_another_version_has_told_breaks_no_page(served: Served) -> None:
    figures = dg.MetadataValue.json({"models": "as they were written once"})
    event = dg.AssetMaterialization(
        "model_comparison", partition="demo|s01", metadata={"figures": figures, "mode": "rehearsal"}
    )
    with served.stage.instance() as instance:
        instance.report_runless_asset_event(event)
    page = served.get(f"{PAGE}/models/s01")
    assert (page.status_code, "Another version of this program made this comparison" in page.text) == (200, True)
    assert served.get(f"{PAGE}/models/s01/pulse").status_code == 200
    assert re.search(rf'href="{PAGE}/models/s01">This segment by several', served.get(PAGE).text)


def test_without_its_script_an_episode_is_seen_and_nothing_is_made_of_it(served: Served) -> None:
    file = served.stage.show / "episodes" / "demo.md"
    for text in (None, "NINJA {take: x}: broken\n"):
        try:
            file.unlink() if text is None else file.write_text(text)
            page = served.get(PAGE).text
        finally:
            served.stage.write_episode()
        assert "Nothing can be made of its file as it is now" in page
        assert ('id="cut"' in page, 'data-act="make"' in page, 'data-act="retake"' in page) == (True, False, False)
    assert 'data-act="retake"' in served.get(PAGE).text


def test_each_button_of_an_archived_episode_says_that_it_is_archived(tmp_path: Path) -> None:
    desk = Served(build_stage(tmp_path))
    assert desk.post("/desk/episodes/demo/rehearsal/archive", {}).status_code == 200
    (desk.stage.show / "episodes" / "demo.md").unlink()
    page = desk.get("/desk/episodes/demo/rehearsal", **HTML)
    assert (page.status_code, "It is archived" in page.text, 'data-act="' in page.text) == (200, True, False)
    compared = desk.get("/desk/episodes/demo/rehearsal/models/s01", **HTML)
    assert (compared.status_code, "demo is archived" in compared.text) == (404, True)
    wanted = {
        "approve": {"prices": ["x"]},
        "decline": {"prices": ["x"]},
        "make": {"usd": 0, "shown": "x"},
        "retake": {"segment": "s01", "part": "voice", "usd": 0, "shown": "x"},
        "take": {"segment": "s01", "number": 1},
        "models/s01/compare": {"models": ["v2/pro", "v2/standard"], "usd": 0},
        "models/s01/voice": {"usd": 0},
        "notes": {"seconds": 0, "text": "x"},
        "notes/1": {"done": True},
    }
    for act, body in wanted.items():
        answer = desk.post(f"/desk/episodes/demo/rehearsal/{act}", body)
        assert (answer.status_code, "demo is archived" in answer.json()["error"]) == (409, True), act
    assert desk.launched == []


def test_a_page_runs_nothing_but_the_desks_own_scripts(served: Served) -> None:
    for path in ("/desk/", PAGE, "/desk/costs"):
        answer = served.get(path)
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert not re.search(r"https?://(?!www\.w3\.org)|<script>|onclick=", answer.text)


def test_costs_are_told_where_nothing_was_bought(served: Served) -> None:
    assert "Nothing was bought yet" in served.get("/desk/costs").text


def test_the_pulse_changes_with_what_is_made_or_noted(served: Served) -> None:
    before = served.get(f"{PAGE}/pulse").json()
    assert before["live"] is False
    served.post(f"{PAGE}/notes", {"seconds": 0.5, "text": "pulse"})
    assert served.get(f"{PAGE}/pulse").json()["version"] != before["version"]


def test_why_segments_that_are_all_made_were_not_joined_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise ValueError("the sheet is <too> high")

    desk = Served(build_stage(tmp_path))
    desk.stage.write_episode(text="NINJA: One two three.\n")
    with monkeypatch.context() as patched:
        patched.setattr("ninja_assets.cut.joining.storyboard", refuse)
        assert desk.stage.produce().final_video is None
    [why] = re.findall(r'<p class="alarm">([^<]*)</p>', desk.get(PAGE).text)
    assert why.startswith("final_video: ValueError: the sheet is &lt;too&gt; high\nnext: ")
    assert desk.stage.produce().final_video
    assert "the sheet is" not in desk.get(PAGE).text


# Files


def test_a_file_is_served_by_its_content_in_parts(served: Served) -> None:
    found = re.search(r'id="cut"[^>]* src="(/desk/media/([0-9a-f]{64})\.mp4)"', served.get(PAGE).text)
    assert found is not None
    whole = served.get(found[1])
    assert hashlib.sha256(whole.content).hexdigest() == found[2]
    assert (whole.headers["content-type"], whole.headers["accept-ranges"]) == ("video/mp4", "bytes")
    part = served.get(found[1], Range="bytes=100-199")
    assert (part.status_code, part.content) == (206, whole.content[100:200])


def test_a_browser_that_has_a_file_already_is_told_so_and_sent_nothing(served: Served) -> None:
    cut = re.search(r'id="cut"[^>]* src="([^"]*)"', served.get(PAGE).text)
    assert cut is not None
    for path in (cut[1], "/desk/files/desk.js", "/desk/files/page.css"):
        whole = served.get(path)
        tag = whole.headers["etag"]
        for asked in (tag, f"W/{tag}", f'"another", {tag}'):
            known = served.get(path, **{"If-None-Match": asked})
            assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", tag)
            assert known.headers["cache-control"] == whole.headers["cache-control"]
        assert served.get(path, **{"If-None-Match": '"another"'}).content == whole.content
    assert served.get(PAGE, **{"If-None-Match": '"another"'}).status_code == 200  # a page has no tag: it is made anew


@pytest.mark.parametrize(
    "name",
    ["../../ledger.db", "..%2f..%2fledger.db", "0" * 64 + ".mp4", "0" * 64 + ".db", "0" * 63 + ".mp4", "%00.mp4"],
)
def test_no_path_is_a_file(served: Served, name: str) -> None:
    assert served.get(f"/desk/media/{name}").status_code == 404


def test_a_damaged_file_is_not_served(served: Served, tmp_path: Path) -> None:
    library = Path(served.stage.settings().library)
    media = library / "media" / "00" / ("0" * 64 + ".webp")
    media.parent.mkdir(parents=True, exist_ok=True)
    media.write_bytes(b"not what its name says")
    answer = served.get(f"/desk/media/{media.name}")
    assert (answer.status_code, "damaged" in answer.text) == (404, True)


# What is done


def test_a_retake_is_a_run_of_its_part_alone(served: Served) -> None:
    answer = served.post(f"{PAGE}/retake", {"segment": "s02", "part": "voice", "usd": 0, "shown": mark(served, "s02")})
    assert (answer.status_code, answer.json()["run"]) == (200, "run-1")
    params = served.launched[-1]
    assert params["selector"]["jobName"] == JOB_NAME
    config = params["runConfigData"]["resources"]["studio"]["config"]
    assert config == {"mode": "rehearsal", "retake": ["s02"], "retake_of": ["voice"]}
    tags = {tag["key"]: tag["value"] for tag in params["executionMetadata"]["tags"]}
    assert tags["dagster/asset_partition_range_start"] == tags["dagster/asset_partition_range_end"] == "demo|s02"
    assert (tags["ninja/episode"], tags["ninja/mode"]) == ("demo", "rehearsal")
    assert "ninja/door" not in tags


def test_a_page_of_before_makes_nothing_anew_once_somebody_else_has(served: Served) -> None:
    before, asked = mark(served, "s03"), len(served.launched)
    assert served.stage.produce(segments=("s03",), retake=True).error is None
    answer = served.post(f"{PAGE}/retake", {"segment": "s03", "part": "voice", "usd": 0, "shown": before})
    assert (answer.status_code, "s03 is not what the page showed any more" in answer.json()["error"]) == (409, True)
    assert (len(served.launched), mark(served, "s03") != before) == (asked, True)


def test_a_page_of_before_makes_no_words_that_it_did_not_show(served: Served) -> None:
    path = "/desk/episodes/tuesday/rehearsal"
    before, pulse, asked = mark(served, path=path), served.get(f"{path}/pulse").json(), len(served.launched)
    served.stage.write_episode("tuesday", EPISODE.replace("One two", "Nine nine"))
    answer = served.post(f"{path}/make", {"usd": 0, "shown": before})
    assert (answer.status_code, "tuesday is not what the page showed" in answer.json()["error"]) == (409, True)
    assert (len(served.launched), mark(served, path=path) != before) == (asked, True)
    assert served.get(f"{path}/pulse").json()["version"] != pulse["version"]


def test_what_is_missing_is_one_run_over_all_slots(served: Served) -> None:
    shown = mark(served, path="/desk/episodes/tuesday/rehearsal")
    assert served.post("/desk/episodes/tuesday/rehearsal/make", {"usd": 0, "shown": shown}).status_code == 200
    tags = {tag["key"]: tag["value"] for tag in served.launched[-1]["executionMetadata"]["tags"]}
    assert tags["dagster/asset_partition_range_start"] == "tuesday|s01"
    assert tags["dagster/asset_partition_range_end"] == "tuesday|s04"


def test_an_earlier_take_is_chosen_and_made_of_what_is_there(served: Served) -> None:
    answer = served.post(f"{PAGE}/take", {"segment": "s02", "number": 1})
    assert answer.status_code == 200, answer.text
    assert served.launched[-1]["runConfigData"]["resources"]["studio"]["config"] == {"mode": "rehearsal"}
    again = served.stage.produce(segments=("s02",))
    assert (again.error, [each.take for each in again.segments], [each.reused for each in again.segments]) == (
        None,
        [1],
        [True],
    )
    page = served.get(PAGE).text
    assert ("now: take 1" in page, "before: take 2" in page) == (True, True)


def test_a_take_that_was_chosen_is_told_where_no_run_could_be_launched(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def launch(*_: object) -> str:
        raise StudioError("Dagster did not launch the run", why="the code is not loaded")

    monkeypatch.setattr("ninja_assets.desk.site.acts.launch", launch)
    answer = served.post(f"{PAGE}/take", {"segment": "s02", "number": 1})
    assert answer.status_code == 409
    told = answer.json()["error"]
    assert told.startswith("s02 uses take 1 from now on. No run was launched\n  why: Dagster did not launch the run")
    assert "make what is missing" in told


def test_no_take_of_a_segment_is_chosen_while_a_run_makes_it(served: Served) -> None:
    tags = {**range_tags("demo", ["s01", "s02"]), "ninja/mode": "rehearsal"}
    run_id, asked = "00000000-0000-0000-0000-000000000007", len(served.launched)
    run = dg.DagsterRun(job_name=JOB_NAME, run_id=run_id, status=dg.DagsterRunStatus.STARTED, tags=tags)
    served.stage.dagster.add_run(run)
    try:
        answer = served.post(f"{PAGE}/take", {"segment": "s02", "number": 2})
    finally:
        served.stage.dagster.delete_run(run_id)
    assert (answer.status_code, "a run is making s02" in answer.json()["error"]) == (409, True)
    assert len(served.launched) == asked
    assert "now: take 1" in served.get(PAGE).text


def test_nothing_of_a_segment_is_made_anew_while_a_run_brings_an_earlier_take_of_it_back(served: Served) -> None:
    tags = {**range_tags("demo", ["s02"]), "ninja/mode": "rehearsal"}
    run_id, asked = "00000000-0000-0000-0000-000000000008", len(served.launched)
    run = dg.DagsterRun(job_name=JOB_NAME, run_id=run_id, status=dg.DagsterRunStatus.STARTED, tags=tags)
    wanted = {"segment": "s02", "part": "voice", "usd": 0, "shown": mark(served, "s02")}
    served.stage.dagster.add_run(run)
    try:
        answer = served.post(f"{PAGE}/retake", wanted)
    finally:
        served.stage.dagster.delete_run(run_id)
    assert (answer.status_code, "a run is making s02" in answer.json()["error"]) == (409, True)
    assert len(served.launched) == asked


def test_models_are_ticked_on_a_segments_page_and_one_run_compares_them(served: Served) -> None:
    page = served.get(f"{PAGE}/models/s03").text
    assert page.count("data-model ") == len(speakers.endpoints())
    pulse = served.get(f"{PAGE}/models/s03/pulse").json()
    assert (pulse["live"], pulse["version"] in page) == (False, True)
    asked = {"models": [ids.AVATAR_STANDARD, ids.AVATAR_PRO], "usd": 0}
    assert served.post(f"{PAGE}/models/s03/compare", asked).status_code == 200
    params = served.launched[-1]
    assert (params["selector"]["jobName"], "assetSelection" in params["selector"]) == ("compare_models", False)
    config = {"episode": "demo", "segment": "s03", "models": asked["models"]}
    assert params["runConfigData"]["ops"] == {"compare": {"config": config}}


def test_models_are_not_compared_by_a_voice_of_other_words_and_the_voice_is_made_first(served: Served) -> None:
    before = len(served.launched)
    served.stage.write_episode(text=EPISODE.replace("that will do", "that will not do"))
    try:
        page = served.get(f"{PAGE}/models/s03").text
        pulse = served.get(f"{PAGE}/models/s03/pulse").json()
        answer = served.post(f"{PAGE}/models/s03/compare", {"models": ["v2/standard", "v2/pro"], "usd": 0})
        assert (answer.status_code, len(served.launched)) == (409, before)
        assert served.post(f"{PAGE}/models/s03/voice", {"usd": 0}).status_code == 200
    finally:
        served.stage.write_episode()
    assert "is of other words" in answer.json()["error"]
    assert ('data-act="voice" data-usd="0.0"' in page, 'data-act="compare"' in page) == (True, False)
    params = served.launched[-1]
    assert [key["path"] for key in params["selector"]["assetSelection"]] == [
        ["script"],
        ["tts_audio"],
        ["uploaded_urls"],
    ]
    assert params["executionMetadata"]["tags"][0]["value"].endswith("|s03")
    assert pulse["version"] != served.get(f"{PAGE}/models/s03/pulse").json()["version"]
    there = served.post(f"{PAGE}/models/s03/voice", {"usd": 0})
    assert (there.status_code, "is made already" in there.json()["error"]) == (409, True)


def test_a_note_names_the_segment_and_is_seen_to(served: Served) -> None:
    number = served.post(f"{PAGE}/notes", {"seconds": 1.5, "text": "<b>louder</b>"}).json()["note"]
    assert "&lt;b&gt;louder&lt;/b&gt;" in served.get(PAGE).text
    assert served.post(f"{PAGE}/notes/{number}", {"done": True}).status_code == 200
    assert 'class="done"' in served.get(PAGE).text


def test_a_note_on_a_cut_that_was_made_anew_meanwhile_is_not_left_at_a_time_of_another(served: Served) -> None:
    found = re.search(r'<video id="cut"[^>]* src="([^"]+)"', served.get(PAGE).text)
    assert found is not None
    seen = {"seconds": 0.5, "text": "of the cut that is seen"}
    assert served.post(f"{PAGE}/notes", {**seen, "cut": found[1]}).status_code == 200
    answer = served.post(f"{PAGE}/notes", {**seen, "cut": found[1].replace(found[1][-12:-4], "00000000")})
    assert (answer.status_code, "was made anew since you looked at it" in answer.json()["error"]) == (409, True)


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("/make", {"usd": 0}, "shown: Field required"),
        ("/make", '{"usd": 1e999, "shown": "x"}', "usd: 'inf' is not a number, such as 2.5"),
        ("/retake", {"segment": "s01", "part": "hair", "usd": 0, "shown": "x"}, "part: Input should be 'voice'"),
        ("/notes", {"seconds": "1,5", "text": "x"}, "seconds: '1,5' is not a number, such as 2.5"),
        ("/notes", {"seconds": 0, "text": "\u200b"}, "nothing is seen of this one"),
        ("/notes", {"seconds": 0, "txt": "x"}, "txt: "),
        ("/models/s01/compare", {"models": ["v2/pro"], "usd": 0}, "models: "),
    ],
)
def test_a_refusal_names_what_of_it_is_wrong(
    served: Served, path: str, body: dict[str, object] | str, says: str
) -> None:
    assert says in served.post(f"{PAGE}{path}", body).json()["error"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/retake", {"segment": "s09", "part": "voice", "usd": 0, "shown": "x"}, 409),
        ("/retake", {"segment": "s01", "part": "shot", "usd": 0, "shown": "x"}, 409),
        ("/retake", {"segment": "s01", "part": "voice", "usd": 0}, 422),
        ("/make", {"usd": 0}, 422),
        ("/retake", {"segment": "s01", "part": "hair", "usd": 0}, 422),
        ("/take", {"segment": "s01", "number": 7}, 409),
        ("/notes", {"seconds": -1, "text": "x"}, 409),
        ("/notes", {"seconds": 1e9, "text": "x"}, 409),
        ("/notes", {"seconds": 0, "text": "a\0b"}, 409),
        ("/notes/999", {"done": True}, 409),
        ("/notes/99999999999999999999", {"done": True}, 409),
        ("/make", {}, 422),
        ("/make", '{"usd": Infinity}', 422),
        ("/make", '{"usd": 1e999}', 422),
        ("/retake", '{"segment": "s01", "part": "voice", "usd": Infinity}', 422),
        ("/models/s01/compare", '{"models": ["v2/pro", "v2/standard"], "usd": Infinity}', 422),
        ("/models/s01/compare", {"models": ["v2/pro"], "usd": 0}, 422),
        ("/models/s01/compare", {"models": ["v2/pro", "sora"], "usd": 0}, 409),
        ("/models/s09/compare", {"models": ["v2/pro", "v2/standard"], "usd": 0}, 409),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(
    served: Served, path: str, body: dict[str, object] | str, status: int
) -> None:
    before = len(served.launched)
    answer = served.post(f"{PAGE}{path}", body)
    assert (answer.status_code, bool(answer.json()["error"])) == (status, True)
    assert len(served.launched) == before


def test_a_show_that_buys_nothing_from_the_pages_offers_and_launches_nothing_paid(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    (stage.show / "show.yaml").write_text((stage.show / "show.yaml").read_text() + "ui: {paid: false}\n")
    desk = Served(stage)
    assert 'data-act="make"' not in desk.get("/desk/episodes/demo/final").text
    answer = desk.post("/desk/episodes/demo/final/make", {"usd": 100, "shown": "x"})
    assert (answer.status_code, "buys nothing from the pages" in answer.json()["error"]) == (409, True)
    assert desk.launched == []


def test_an_archived_episode_leaves_the_list(tmp_path: Path) -> None:
    desk = Served(build_stage(tmp_path))
    assert "/desk/episodes/demo" in desk.get("/desk/").text
    answer = desk.post("/desk/episodes/demo/rehearsal/archive", {})
    assert answer.status_code == 200, answer.text
    assert "ninja archive --undo demo" in answer.json()["told"]
    assert "/desk/episodes/demo" not in desk.get("/desk/").text
    refused = desk.post("/desk/episodes/demo/rehearsal/make", {"usd": 0, "shown": "x"})
    assert (refused.status_code, "ninja archive --undo demo" in refused.json()["error"]) == (409, True)


@pytest.mark.parametrize("path", [f"{PAGE}/{act}" for act in ("approve", "make", "retake", "notes", "take", "archive")])
def test_a_foreign_page_can_do_nothing(served: Served, path: str) -> None:
    before = len(served.launched)
    assert served.post(path, {"usd": 0}, Origin="https://elsewhere.example").status_code == 403
    assert served.get(path).status_code in (404, 405)
    assert len(served.launched) == before
