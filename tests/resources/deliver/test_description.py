from resources.deliver.description import Chapter, chapters, checklist, clock, description
from resources.deliver.platform_limits import Advice


def test_chapters_start_at_zero_or_get_an_opening() -> None:
    late = chapters([(0.0, None), (12.4, "News"), (30.0, None), (71.0, "Rumours")])
    assert [(chapter.start, chapter.name) for chapter in late] == [(0.0, "Intro"), (12.4, "News"), (71.0, "Rumours")]
    assert [chapter.name for chapter in chapters([(0.0, "News"), (9.0, "More")])] == ["News", "More"]
    assert chapters([(0.0, None), (9.0, None)]) == ()


def test_a_description_has_its_text_chapters_disclosure_and_three_hashtags() -> None:
    text = description(
        "All the news.",
        chapters=[Chapter(start=0, name="Intro"), Chapter(start=3725.9, name="News")],
        disclosure="AI made this.",
        tags=["gaming news", "Ninja & Glitch", "games", "fourth"],
    )
    assert text == ("All the news.\n\n0:00 Intro\n1:02:05 News\n\nAI made this.\n\n#gamingnews #NinjaGlitch #games\n")


def test_a_hashtag_has_the_vowels_of_every_script_and_a_tag_of_signs_alone_makes_none() -> None:
    text = description("", chapters=[], disclosure="", tags=["!!!", "हिन्दी समाचार", "snake_case", "Grüße, 2026"])
    assert text == "#हिन्दीसमाचार #snake_case #Grüße2026\n"


def test_the_disclosure_stands_there_without_anything_else() -> None:
    assert description("", chapters=[], disclosure="AI made this.", tags=[]) == "AI made this.\n"


def test_the_checklist_tells_errors_apart_from_warnings() -> None:
    advice = [
        Advice(level="error", platform="YouTube", message="the title has 101 of 100 letters"),
        Advice(level="warning", platform="TikTok", message="something"),
    ]
    told = checklist(advice, title="T", facts=[("length", "75.0 s")])
    hint, look = told.split("## Worth a look")
    assert "- [ ] YouTube: the title has 101" in hint
    assert "- [ ] TikTok: something" in look
    assert "[x] nothing" in checklist([], title="T", facts=[])


def test_a_clock_reads_as_players_take_it() -> None:
    assert [clock(seconds) for seconds in (0.0, 59.9, 61.0, 3600.0)] == ["0:00", "0:59", "1:01", "1:00:00"]
