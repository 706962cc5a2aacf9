"""The review page: safe with any text, whole in one file, and alive in a real browser from file://."""

import html
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from resources.deliver.review_page import (
    CheckResult,
    Other,
    Review,
    ReviewSegment,
    ReviewWord,
    Take,
    others_in,
    review_page,
)
from resources.media.ffmpeg import run

EVIL = "</script><img src=x onerror=\"document.title='hacked'\"> & \u2028 'quotes'"


def _review() -> Review:
    def segment(number: int, color: str, takes: tuple[Take, ...]) -> ReviewSegment:
        key, start = f"s0{number}", float(number - 1)
        return ReviewSegment(
            segment=key,
            line=EVIL,
            name=EVIL if number == 1 else "Glitch",
            color=color,
            start=start,
            end=start + 1,
            chapter=None,
            words=(ReviewWord(text=EVIL, start=start + 0.1, end=start + 0.5),),
            cost_usd=0.4,
            take=2,
            layout="videochat",
            poster="final.mp4",
            video="final.mp4",
            clips={"speaking": "final.mp4", "listening": "final.mp4"},
            checks=(CheckResult(check="lips_follow_the_speech", passed=number == 1, message=EVIL),),
            retake=f"ninja produce demo --mode final --segments {key} --retake",
            takes=takes,
        )

    before = Take(take=1, text=EVIL, seconds=1.0, cost_usd=0.3, video="final.mp4", speaker="final.mp4")
    return Review(
        episode="demo",
        title=EVIL,
        mode="final",
        seconds=2.0,
        width=270,
        height=480,
        cost_usd=0.8,
        video="final.mp4",
        segments=(segment(1, "#22d3ee", ()), segment(2, "#ff4fd8", (before,))),
        checks=(CheckResult(check="loudness_and_peaks", passed=True, message="-14.0 LUFS"),),
        others=(Other(label="other · draft", video="final.mp4", review="review.html"),),
    )


def test_what_a_person_wrote_is_shown_as_text_and_never_as_html() -> None:
    page = review_page(_review())
    assert page.count("</script>") == 1
    assert "<img src=x" not in page
    assert html.escape(EVIL, quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page


def test_what_is_said_is_read_from_the_side_that_its_script_is_read_from() -> None:
    page = review_page(_review())
    assert page.count('<div class="words" dir="auto">') == 2
    assert re.search(r'<p class="said" id="said"[^>]* dir="auto">', page)


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = review_page(_review())
    assert not re.search(r"https?://|<link|src=\"/|@import", page)


def test_other_cuts_are_found_beside_this_one(tmp_path: Path) -> None:
    for name in ("demo/rehearsal", "demo/draft", "older/final"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "final.mp4").touch()
    (tmp_path / "demo" / "rehearsal" / "final-long.mp4").touch()
    found = others_in(tmp_path, tmp_path / "demo" / "rehearsal" / "final.mp4")
    assert [other.label for other in found] == ["demo · draft", "demo · rehearsal · long", "older · final"]
    assert found[1].review == "../../demo/rehearsal/review-long.html"
    assert all((tmp_path / "demo" / "rehearsal" / other.video).resolve().exists() for other in found)


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_two_hundred_segments_neither_scroll_sideways_nor_push_what_is_looked_at_out_of_reach(
    tmp_path: Path, width: int
) -> None:
    review = _review()
    segments = tuple(
        review.segments[0].model_copy(update={"segment": f"s{n:02}", "start": float(n), "end": n + 1.0})
        for n in range(200)
    )
    long = review.model_copy(update={"segments": segments, "seconds": 200.0, "video": None})
    (tmp_path / "review.html").write_text(review_page(long), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto((tmp_path / "review.html").as_uri())
        page.add_style_tag(content=".rail { display:flex !important; }")  # as it is beside a cut
        assert page.evaluate("document.documentElement.scrollWidth") == width
        rail = "document.getElementById('rail')"
        assert page.evaluate(f"{rail}.scrollWidth <= {rail}.clientWidth + 4")  # the needle's
        assert page.evaluate("document.getElementById('panels').getBoundingClientRect().top") < 2 * 800
        browser.close()


@pytest.mark.browser
def test_the_page_plays_seeks_and_copies_from_a_folder_without_a_server(tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("this test drives Chromium, which is not here: apt-get install chromium", pytrace=False)
    picture = ["-f", "lavfi", "-i", "testsrc=s=270x480:r=30:d=2", "-pix_fmt", "yuv420p", "-g", "15"]
    run([*picture, str(tmp_path / "final.mp4")])
    (tmp_path / "review.html").write_text(review_page(_review()), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto((tmp_path / "review.html").as_uri())
        page.wait_for_function("document.getElementById('cut').readyState >= 1")
        page.locator(".tile").nth(1).click()
        page.wait_for_function("document.getElementById('cut').currentTime >= 1")
        shown = page.locator(".segment:visible")
        assert shown.locator("strong").inner_text() == "s02 · Glitch"
        assert shown.locator("figure video").count() == 5  # segment, two clips, and take against take
        shown.locator(".copy").click()
        page.wait_for_selector("#panel-s02 .copy:has-text('Copied')")
        assert "1 of 3 checks failed" in page.locator("#badges").inner_text()
        assert page.locator("#pair video").count() == 2
        assert page.title().startswith("</script>")  # the title is shown as text, and nothing in it ran
        assert errors == []
        browser.close()
