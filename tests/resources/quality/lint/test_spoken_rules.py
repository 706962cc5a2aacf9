"""Words that nobody would say: each form is found, and what people do say is left alone."""

from pathlib import Path

import pytest

from resources.models.loading import load_show, load_written
from resources.quality.lint import Looked, lint_script
from tests.resources.quality.lint.test_script_rules import DEFAULTS, SHOW, portrait

SPOKEN = {
    "address-spoken",
    "code-spoken",
    "direction-spoken",
    "label-almost",
    "link-unsafe",
    "placeholder-spoken",
    "sign-hidden",
    "ssml-unread",
    "tag-long",
    "tag-unfit",
}

LOOKED = Looked()  # the pictures are the same in each test, and measured once


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A show whose pictures are there."""
    folder = tmp_path_factory.mktemp("show")
    (folder / "show.yaml").write_text(SHOW.format(**DEFAULTS), encoding="utf-8")
    for name in ("ninja", "glitch"):
        (folder / f"{name}.png").write_bytes(portrait((1080, 960)))
    (folder / "episodes").mkdir()
    return folder


def found(folder: Path, line: str) -> set[str]:
    """What is found of a turn whose second line this is."""
    file = folder / "episodes" / "day.md"
    file.write_text(f"NINJA: One two three.\n{line}\nGLITCH: Four.\n", encoding="utf-8")
    show = load_show(folder)
    written = load_written(folder, show, "day")
    findings = lint_script(show, written.script, folder, said=written.said, looked=LOOKED)
    assert all(finding.where.endswith("day.md:2") for finding in findings if finding.rule in SPOKEN)
    return {finding.rule for finding in findings} & SPOKEN


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("GLITCH (to Ninja): No way.", "label-almost"),
        ("G L I T C H: No way.", "label-almost"),
        ("GLITCH = No way.", "label-almost"),
        ("**GLITCH** No way.", "label-almost"),
        ("Speaker 2: No way.", "label-almost"),
        ("Well then. GLITCH: No way.", "label-almost"),
        ("“Well then.” GLITCH : No way.", "label-almost"),
        ("Well then [laughs] GLITCH: No way.", "label-almost"),
        ("当然。GLITCH：好。", "label-almost"),
        ("Well! \u200bGLITCH: No way.", "label-almost"),
        ("(laughs)", "direction-spoken"),
        ("CUT TO:", "direction-spoken"),
        ("SMASH CUT TO:", "direction-spoken"),
        ("FADE TO BLACK.", "direction-spoken"),
        ("INT. STUDIO - DAY", "direction-spoken"),
        ("Wait. <break time='1s'/> Now.", "ssml-unread"),
        ("So {mood} today.", "code-spoken"),
        ("That is %s dollars.", "code-spoken"),
        (r"So {\an8} then.", "code-spoken"),
        ("No \u202eway.", "sign-hidden"),
        ("GLITCH， no way.", "label-almost"),
        ("GLITCH； No way.", "label-almost"),
        ("GLITCH∶ No way.", "label-almost"),
        ("GLITCH꞉ No way.", "label-almost"),
        ("GLITCH﹕No way.", "label-almost"),
        ("GLITCH ― No way.", "label-almost"),
        ("GLITCH ~ No way.", "label-almost"),
        ("GLITCH > No way.", "label-almost"),
        ("GLITCH｜No way.", "label-almost"),
        ("~sighs~ No way.", "direction-spoken"),
        ("-sighs- No way.", "direction-spoken"),
        ("＊sighs＊ No way.", "direction-spoken"),
        ("（laughs） No way.", "direction-spoken"),
        ("<laughs> No way.", "direction-spoken"),
        ("TBD", "placeholder-spoken"),
        ("TBD.", "placeholder-spoken"),
        ("Well, TODO: what she answers.", "placeholder-spoken"),
        ("TODO", "placeholder-spoken"),
        ("TODO write a joke here.", "placeholder-spoken"),
        ("It sold FIXME copies.", "placeholder-spoken"),
        ("It sold XXX copies.", "placeholder-spoken"),
        ("It sold xxxx copies.", "placeholder-spoken"),
        ("Lorem ipsum dolor sit amet.", "placeholder-spoken"),
        ("Welcome <name> to the show.", "placeholder-spoken"),
        ("It costs <price here>.", "placeholder-spoken"),
        ("My name is ____ and I game.", "placeholder-spoken"),
        ("Open /home/ninja/notes.txt now.", "address-spoken"),
        ("Open ~/notes.txt now.", "address-spoken"),
        ("Run ./start.sh now.", "address-spoken"),
        (r"Open C:\x now.", "address-spoken"),
        (r"Open C:\Users\ninja\notes.txt now.", "address-spoken"),
        ("Open D:/games/save.dat now.", "address-spoken"),
        (r"Open \\server\share now.", "address-spoken"),
        ("It is in characters/ninja.png now.", "address-spoken"),
        ("See file:///etc/passwd now.", "address-spoken"),
        ("See [https://example.com/x] now.", "tag-unfit"),
        ("See [ninja@example.com] now.", "tag-unfit"),
        ("See [/home/ninja/x] now.", "tag-unfit"),
        ("No way [...] at all.", "tag-unfit"),
        ("No way [1] at all.", "tag-unfit"),
        ("No way [x] at all.", "tag-unfit"),
        ("No way [TODO] at all.", "tag-unfit"),
        ("Welcome [your name here].", "tag-unfit"),
        ("He said [insert joke].", "tag-unfit"),
        ("It is true [citation needed].", "tag-unfit"),
        ("No way. [GLITCH] Yes way.", "tag-unfit"),
        ("| a | table |", "code-spoken"),
        ("So :smile: then.", "code-spoken"),
        ("00:00:12,000 --> 00:00:15,000", "code-spoken"),
    ],
)
def test_what_nobody_would_say_is_found(folder: Path, line: str, rule: str) -> None:
    assert found(folder, line) == {rule}


@pytest.mark.parametrize(
    "line",
    [
        "Well then. GLITCH\\: the movie.",
        "We all love GLITCH: the best of us.",
        "Well then. NOTE: this is one.",
        "Well then. Glitch: no way.",
        "CUT TO THE CHASE.",
        "Cut to the chase.",
        "BACK TO BASICS.",
        "FADE OUT",
        "INTERNAL AFFAIRS.",
        "It is 100% sure, and 5% down.",
        "Speaker for the dead: a book.",
        "A B C: that is the alphabet.",
        "**Nobody** knows.",
        "Glitch knows, and so does Ninja.",
        "Two plus two is four.",
        "The date is TBD, they say.",
        "Release date: TBD.",
        "A todo list, and nothing on it.",
        "My TODO list is a TODO app.",
        "Super Bowl XXX was long ago.",
        "An XXL coat and an Xbox.",
        "It runs 24/7, and/or at night.",
        "He/she/they play AC/DC at 120 km/h.",
        "They built it on React/Vue.js and Node.js.",
        "Ask r/gaming or /r/gaming.",
        "Run setup.exe, then read me.",
        "I <3 this game, and 3 < 4 > 2.",
        "This is <b>bold</b> and <em>so</em> on.",
        "Glitch, no way!",
        "GLITCH, no way!",
        "Ninja—wait!",
        "It was ~30 minutes, ~ish.",
        "A well-known, state-of-the-art game - sighs all round.",
        "[laughs] No way.",
        "[sarcastically, to the camera] No way.",
        "[sound of a video game] No way.",
        "[number one fan voice] No way.",
        "[strong French accent] No way.",
        "[X-ray voice] No way.",
        "A lap of 1:02.456, and at 10:30 it rains.",
        "So: yes: no.",
        "Blah blah blah.",
        "See [the news](https://example.com/a/b.html) now.",
        "The ratio is 4:3 or 16:9, C: that is the drive.",
    ],
)
def test_what_people_say_is_left_alone(folder: Path, line: str) -> None:
    assert found(folder, line) == set()


def test_a_label_within_a_turns_own_first_line_is_found(folder: Path) -> None:
    (folder / "episodes" / "day.md").write_text("NINJA: One. GLITCH: Two. NINJA: Three.\n", encoding="utf-8")
    show = load_show(folder)
    written = load_written(folder, show, "day")
    found = lint_script(show, written.script, folder, said=written.said, looked=LOOKED)
    told = [(each.where.rpartition(":")[2], each.message) for each in found if each.rule == "label-almost"]
    within = "stands within a line: the turn that it stands in would speak it"
    assert told == [("1", f"GLITCH: {within}"), ("1", f"NINJA: {within}")]
