"""A page of the desk that is open while something happens: it changes where it differs, and keeps what a person has."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from resources.core.names import Mode
from resources.models.loading import load_show
from resources.purchasing.books import open_state
from resources.purchasing.state.cut_notes import Notes
from tests.browser.conftest import PATIENCE_MS
from tests.browser.desk_server import served_desk
from tests.browser.pages import complaints
from tests.ninja_assets.desk.site.desk_app import Served
from tests.stage import EPISODE, build_stage

pytestmark = pytest.mark.browser
PAGE = "/desk/episodes/demo/rehearsal"
_FOCUS = "document.activeElement.outerHTML.slice(0, 200)"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """An episode that has been rehearsed, with a second take of its second segment."""
    stage = build_stage(tmp_path_factory.mktemp("live"))
    assert stage.produce().error is None
    assert stage.produce(segments=("s02",), retake=True).error is None
    return Served(stage)


@pytest.fixture(scope="module")
def address(served: Served) -> Iterator[str]:
    with served_desk(served) as address:
        yield address


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """A page that marks itself, so that it is known whether it was loaded again."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, base_url=address)
    context.set_default_timeout(PATIENCE_MS)
    found = context.new_page()
    found.add_init_script("window.loads = 1")
    complained = complaints(found)
    yield found
    # Which a browser says of any answer that is a refusal.
    assert [text for text in complained if "Failed to load resource" not in text] == []
    context.close()


def leave_note(served: Served, text: str, seconds: float = 0.5) -> int:
    """What another person does."""
    with open_state(served.stage.settings(), load_show(served.stage.show)) as state:
        return Notes(state).write("demo", Mode.REHEARSAL, segment="s01", seconds=seconds, text=text).id


def test_what_a_person_has_on_a_page_stays_while_the_page_changes_under_it(page: Page, served: Served) -> None:
    page.goto(f"{PAGE}#s02")
    page.evaluate("window.mine = [document.getElementById('cut'), document.getElementById('panel-s02')]")
    panel = page.locator("#panel-s02")
    panel.locator("details.told summary").click()
    page.locator("#note-text").fill("half a thou")
    page.evaluate("document.getElementById('note-text').setSelectionRange(2, 4)")
    page.evaluate("scrollTo(0, 120)")
    clip = panel.locator("figure.whole video")
    clip.evaluate("async clip => { clip.muted = true; clip.loop = true; await clip.play(); }")
    leave_note(served, "from elsewhere")
    expect(page.locator(".notes li")).to_contain_text(["from elsewhere"])
    expect(page.locator("button.pin")).to_have_count(1)
    assert page.locator("#note-text").input_value() == "half a thou"
    assert page.evaluate("[document.activeElement.id, document.activeElement.selectionStart, scrollY]") == [
        "note-text",
        2,
        120,
    ]
    assert panel.locator("details.told").evaluate("one => one.open")
    assert clip.evaluate("clip => !clip.paused && clip.isConnected")
    assert page.evaluate("mine[0].isConnected && mine[1].isConnected && loads === 1")
    expect(panel.get_by_role("button", name="speaker $0.00")).to_be_enabled()


def test_only_the_parts_that_changed_are_sent(page: Page, served: Served) -> None:
    page.goto(PAGE)
    leave_note(served, "one more")
    with page.expect_response(lambda answer: answer.url.endswith(PAGE)) as sent:
        expect(page.locator(".notes li", has_text="one more")).to_be_visible()
    news = sent.value.json()
    assert sorted(news["parts"]) == ["notes", "rail"]


def test_a_cut_that_plays_is_not_taken_away_and_the_new_one_comes_when_it_rests(page: Page, served: Served) -> None:
    page.goto(PAGE)
    cut = page.locator("#cut")
    before = cut.get_attribute("src")
    cut.evaluate("async cut => { cut.muted = true; cut.playbackRate = 0.1; await cut.play(); }")
    assert served.stage.produce(segments=("s03",), retake=True).error is None
    with page.expect_response(lambda answer: answer.url.endswith(PAGE)):
        pass
    page.wait_for_timeout(500)
    assert cut.get_attribute("src") == before
    assert cut.evaluate("cut => !cut.paused")
    cut.evaluate("cut => { cut.currentTime = 1; cut.pause(); }")
    expect(page.locator("#panel-s03 .top")).to_contain_text("take 2")
    expect(cut).not_to_have_attribute("src", str(before))
    page.wait_for_function("Math.abs(document.getElementById('cut').currentTime - 1) < 0.1")
    assert page.evaluate("loads === 1 && document.getElementById('cut').textTracks.length === 1")


def test_a_note_on_a_cut_that_was_made_anew_meanwhile_stays_in_its_field_and_the_new_cut_is_shown(
    page: Page, served: Served
) -> None:
    page.goto(PAGE)
    version = page.locator("#desk").get_attribute("data-version")
    page.route(
        "**/pulse", lambda route: route.fulfill(json={"version": version, "live": False})
    )  # it has not looked yet
    before = page.locator("#cut").get_attribute("src")
    assert served.stage.produce(segments=("s01",), retake=True).error is None
    page.locator("#note-text").fill("louder here")
    page.keyboard.press("Enter")
    expect(page.locator("#said-by-desk")).to_contain_text("was made anew since you looked at it")
    expect(page.locator("#cut")).not_to_have_attribute("src", str(before))
    expect(page.locator("#note-text")).to_have_value("louder here")
    expect(page.locator("#note-text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".notes li", has_text="louder here")).to_have_count(1)
    expect(page.locator("#note-text")).to_have_value("")


def test_a_note_stands_at_the_segment_of_a_link_before_the_cut_has_loaded(page: Page, served: Served) -> None:
    page.route("**/desk/media/**", lambda _: None)  # nothing of the cut arrives
    page.goto(f"{PAGE}#s02", wait_until="domcontentloaded")
    start = float(str(page.locator("#panel-s02").get_attribute("data-start")))
    page.locator("#note-text").fill("at this one")
    page.keyboard.press("Enter")
    noted = page.locator(".notes li", has_text="at this one").locator("[data-seek]")
    assert float(str(noted.get_attribute("data-seek"))) == pytest.approx(start, abs=0.01)
    assert start > 0


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "it is not known whether this was done"),
        (
            (403, "text/plain", "refused: the request is for 'studio', which is no name of this server"),
            "no name of this",
        ),
        ((502, "text/html", "<html>a proxy"), "the server did not answer as it should"),
        ((200, "text/html", "<html>sign in"), "the server did not answer as it should"),
    ],
    ids=["gone", "the guard", "a proxy", "a login"],
)
def test_a_server_that_does_not_do_what_was_asked_is_said_in_words_and_what_was_typed_stays(
    page: Page, answer: tuple[int, str, str] | None, words: str
) -> None:
    def answered(route: Route) -> None:
        if answer is None:
            route.abort()
        else:
            route.fulfill(status=answer[0], content_type=answer[1], body=answer[2])

    page.route("**/notes", answered)  # before the page is there: a browser begins to ask about requests a little later
    page.goto(PAGE)
    page.locator("#note-text").fill("kept")
    page.keyboard.press("Enter")
    expect(page.locator("#said-by-desk")).to_contain_text(words)
    expect(page.locator("#note-text")).to_have_value("kept")


def test_an_episode_appears_on_its_page_and_nothing_is_loaded_again(page: Page, served: Served) -> None:
    served.stage.write_episode("grows", EPISODE)
    page.goto("/desk/episodes/grows/rehearsal")
    page.evaluate("loads = 2")
    expect(page.get_by_role("button", name="Make it $0.00")).to_be_enabled()
    assert served.stage.produce("grows", segments=("s01",)).final_video is None
    expect(page.locator(".tile")).to_have_count(3)
    expect(page.locator("#panel-s01")).to_be_visible()
    expect(page.locator("#panel-s02")).to_be_hidden()
    assert served.stage.produce("grows").error is None
    expect(page.locator("#cut")).to_be_visible()
    assert page.evaluate("loads === 2")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#panel-s02")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("seen")
    page.keyboard.press("Enter")
    expect(page.locator(".notes li")).to_contain_text(["seen"])
    expect(page.locator("#note-text")).to_be_focused()
    served.stage.write_episode("grows", EPISODE + "NINJA: Ten.\n")
    expect(page.get_by_text("The episode's file has changed")).to_be_visible()
    assert served.stage.produce("grows").error is None
    expect(page.locator(".tile")).to_have_count(4)
    assert page.evaluate("loads === 2")


def test_focus_stays_where_its_button_was_when_that_goes(page: Page, served: Served) -> None:
    number = leave_note(served, "to be settled")
    page.goto(PAGE)
    note = page.locator(f"[data-key=settle-{number}]")
    note.focus()
    page.keyboard.press("Enter")
    expect(note).to_have_text("open again")
    expect(note).to_be_focused()
    # Somebody else does what this button was for: the button goes, and the section's heading has the focus.
    served.stage.write_episode(text=EPISODE.replace("Seven", "Eleven"))
    make = page.get_by_role("button", name="Make what has changed $0.00")
    expect(make).to_be_enabled()
    make.focus()
    assert served.stage.produce().error is None
    expect(make).to_have_count(0)
    expect(page.locator("h1")).to_be_focused()


def test_a_page_that_cannot_be_brought_up_to_date_says_so_until_it_can(page: Page, served: Served) -> None:
    page.goto(PAGE)
    show = served.stage.show / "show.yaml"
    whole = show.read_text(encoding="utf-8")
    show.write_text(f"{whole}nonsense: [\n", encoding="utf-8")
    said = page.locator("#not-followed")
    expect(said).to_contain_text("cannot be brought up to date")
    expect(said).to_contain_text("show.yaml")
    show.write_text(whole, encoding="utf-8")
    expect(said).to_be_hidden()
