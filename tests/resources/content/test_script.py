import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.content.script import list_episodes, list_misnamed_files
from resources.content.segments import Script, Turn
from resources.content.settings.characters import Character, Listening
from resources.content.show import Camera, Format, Show
from resources.core.errors import ContentError
from resources.models.loading import load_script, parse_script

WHERE = "show/episodes/x.md"


def person(name: str, **moods: str) -> Character:
    return Character(name=name, puppet="ninja", listening=Listening(moods=moods))


SHOW = Show(
    title="Test",
    slots=6,
    characters={"NINJA": person("Ninja", proud="…"), "GLITCH": person("Glitch", amused="…"), "R2-D": person("Robot")},
    cameras={"wide": Camera()},
)


def parse(content: str | bytes, show: Show = SHOW) -> Script:
    return parse_script(content, episode="x", show=show, where=WHERE)


def refusal(content: str | bytes, show: Show = SHOW) -> ContentError:
    with pytest.raises(ContentError) as caught:
        parse(content, show)
    return caught.value


def lines_told(error: ContentError) -> list[int]:
    found = [int(line) for line in re.findall(rf"^{re.escape(WHERE)}:(\d+): ", str(error), re.MULTILINE)]
    return found[1:] if "mistakes\n" in error.what else found


def test_an_episode_file_is_read_as_it_looks() -> None:
    script = parse(
        '---\ntitle: "Patch 2.1"\nformat: long\n---\n'
        "<!-- a note\nGLITCH: over two lines -->\n"
        "## Part *one*\n\n"
        "NINJA: [excited] What's up!\n"
        "It goes on here.\n"
        "\n"
        "And <!-- not this --> here.\n"
        "  GLITCH {take: 2, camera: wide, mood: proud, model: fal-ai/x/y}: Oh *yeah* 🎉\n"
        "## Part two\n"
        "R2-D : beep\n"
    )
    assert (script.episode, script.title, script.format) == ("x", "Patch 2.1", Format.LONG)
    first, second, third = script.turns
    assert (first.segment, first.speaker, first.listeners, first.line) == ("s01", "NINJA", ("GLITCH",), 9)
    assert first.performance == "[excited] What's up! It goes on here. And here."
    assert first.spoken == "What's up! It goes on here. And here."
    assert (first.chapter, second.chapter, third.chapter) == ("Part one", None, "Part two")
    assert (second.take, second.camera, second.mood, second.model) == (2, "wide", "proud", "fal-ai/x/y")
    assert (second.spoken, second.line) == ("Oh yeah", 13)
    assert (third.speaker, third.spoken, third.listeners) == ("R2-D", "beep", ("GLITCH",))


def test_front_matter_is_optional() -> None:
    script = parse("NINJA: hi")
    assert (script.title, script.format) == ("x", Format.SHORT)


def test_a_title_keeps_what_yaml_would_change() -> None:
    assert parse("---\ntitle: 2.10\n---\nNINJA: hi").title == "2.10"
    assert parse('---\ntitle: " a\\n  b "\n---\nNINJA: hi').title == "a b"
    assert parse('---\ntitle: "  "\n---\nNINJA: hi').title == "x"


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_any_line_ending_and_a_byte_order_mark_are_welcome(ending: str) -> None:
    text = ending.join(["---", "format: square", "---", "NINJA: hi", "there", "GLITCH: yo"])
    script = parse(b"\xef\xbb\xbf" + text.encode())
    assert [(turn.spoken, turn.line) for turn in script.turns] == [("hi there", 4), ("yo", 6)]
    assert script.format is Format.SQUARE


@pytest.mark.parametrize(
    ("speakers", "listeners"),
    [
        (["NINJA", "GLITCH", "NINJA"], ["GLITCH", "NINJA", "GLITCH"]),
        (["NINJA", "NINJA", "R2-D", "GLITCH", "GLITCH"], ["R2-D", "R2-D", "NINJA", "R2-D", "R2-D"]),
        (["GLITCH"], ["NINJA"]),
    ],
)
def test_the_last_other_speaker_listens_else_the_next_else_the_first_of_the_cast(
    speakers: list[str], listeners: list[str]
) -> None:
    script = parse("\n".join(f"{speaker}: hi" for speaker in speakers))
    assert [turn.listeners for turn in script.turns] == [(label,) for label in listeners]


def test_nobody_listens_in_a_show_of_one() -> None:
    alone = SHOW.model_copy(update={"characters": {"NINJA": person("Ninja")}})
    assert parse("NINJA: hi", alone).turns[0].listeners == ()


@pytest.mark.parametrize(
    "line",
    [
        "see HTTP://x.example",
        "at 10:30 sharp",
        "NOTE\\: well",
        "it is ninja\\: the game",
        "NINJA is great: yes",
        "{a}: b",
    ],
)
def test_a_line_that_is_no_label_continues_the_turn(line: str) -> None:
    script = parse(f"NINJA: hi\n{line}")
    assert len(script.turns) == 1
    assert script.turns[0].spoken.endswith(line.replace("\\", "")[-4:])


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("NINJA: hi\nGLICH: yo", 2, ["nobody is called 'GLICH'", "did you mean 'GLITCH'?", "NINJA, GLITCH, R2-D"]),
        ("NINJA: hi\nBROL {seconds: 5}: x", 2, ["nobody is called 'BROL'", "did you mean 'BROLL'"]),
        ("\n\nhello\nyou\nNINJA: hi", 3, ["'hello' stands before the first turn", "`NINJA:`"]),
        ("NINJA: hi\n## B\ntext\nNINJA: hi", 3, ["before the first turn of a chapter"]),
        ("NINJA: hi\nGLITCH:\n", 2, ["GLITCH says nothing"]),
        ("NINJA: hi\nGLITCH: [laughs] 🎉 **\n", 2, ["GLITCH says nothing"]),
        ("", 1, ["nobody says anything", "`NINJA: Hi!`"]),
        ("<!-- only a note -->\n\n", 2, ["nobody says anything"]),
        ("---\ntitle: x\n---\n", 3, ["nobody says anything"]),
        ("NINJA: a\n" * 7, 7, ["there are 7 turns", "allows 6", "`slots: 7`"]),
        ("NINJA: a\n" * 300, 7, ["make two episodes"]),
        ("NINJA: hi\nGLITCH: " + "word " * 400, 2, ["a sentence", "about 140 s", "over 60 s", "after '…", "word"]),
        ("NINJA: " + "a " * 3000, 1, ["5,999 characters", "5,000"]),
        ("---\ntitle: x\ntilte: y\n---\nNINJA: hi", 3, ["no setting 'tilte'", "did you mean 'title'?", "format"]),
        ("---\nformat: wide\n---\nNINJA: hi", 2, ["format: 'wide'", "'short', 'long' or 'square'"]),
        ("---\ntitle: a\ntitle: b\n---\nNINJA: hi", 3, ["given twice", "line 2"]),
        ("---\ntitle: 'a\n---\nNINJA: hi", 2, ["not YAML"]),
        ('---\ntitle: "\u200b"\n---\nNINJA: hi', 2, ["title: nothing is seen of this text", "invisible signs alone"]),
        ('NINJA: hi\nNINJA {acting: "\u2060\u200e"}: hi', 2, ["acting: nothing is seen of this text"]),
        ("NINJA: hi\nGLITCH: \u3164\n", 2, ["GLITCH says nothing"]),
        ("NINJA: hi\nBROLL {seconds: 5}: \u200b\ufe0f\n", 2, ["BROLL has no text"]),
        ("## \u200e\u2800\nNINJA: hi", 1, ["1 to 100 letters"]),
        ('---\ntitle: "a\\e[1m"\n---\nNINJA: hi', 2, ["control character"]),
        ('---\ntitle: "\\ud800"\n---\nNINJA: hi', 2, ["control character"]),
        ("\n---\ntitle: a\nNINJA: hi", 2, ["front matter is not closed"]),
        ("NINJA: hi\nNINJA {tkae: 2}: hi", 2, ["no setting 'tkae'", "'take'", "take, camera, mood, model"]),
        ("NINJA: hi\nNINJA {take: two}: hi", 2, ["take: 'two'", "a whole number"]),
        ("NINJA: hi\nNINJA {take: 0}: hi", 2, ["take: '0'"]),
        ("NINJA: hi\nNINJA {take: [}: hi", 2, ["not YAML"]),
        ("NINJA: hi\nNINJA {take: 2} hi", 2, ["settings are not closed"]),
        ("NINJA {take: 2\nhi", 1, ["settings are not closed"]),
        ("NINJA {camera: wid}: hi", 1, ["no camera 'wid'", "did you mean 'wide'?", "`cameras: {wid: {}}`"]),
        (
            "NINJA {mood: sad}: hi",
            1,
            ["GLITCH listens here and has no mood 'sad'", "amused", "`listening: {moods: {sad: "],
        ),
        ("NINJA: hi\n**GLITCH:** yo", 2, ["is not a label", "write `GLITCH:` without marks"]),
        ("NINJA: hi\nGlitch: yo", 2, ["is not a label", "`\\:`"]),
        ("NINJA: hi\n> GLITCH： yo", 2, ["is not a label"]),
        ("**NINJA**: hi", 1, ["is not a label"]),
        ("[GLITCH] yo\nNINJA: hi", 1, ["is not a label", "write `GLITCH: yo`: ninja fix x"]),
        ("# Title\nNINJA: hi", 1, ["level 1", "`## Name`"]),
        ("## \nNINJA: hi", 1, ["1 to 100 letters"]),
        ("## A\n## B\nNINJA: hi", 1, ["'A' has no turn"]),
        ("NINJA: hi\n## End", 2, ["'End' has no turn"]),
        ("NINJA: hi\n<!-- open\nGLITCH: yo", 2, ["comment is not closed"]),
        (
            "NINJA: hi\n<!-- open\nGLITCH: yo\nNINJA: so <!-- a note -->",
            2,
            ["comment is not closed", "begins on line 4"],
        ),
        ("NINJA: hi\n---\ntitle: b\n---\nGLITCH: yo", 2, ["front matter stands here", "at the top alone"]),
        ("<!-- a note -->\n---\ntitle: b\n---\nNINJA: hi", 2, ["front matter stands here", "move it to the top"]),
        ("NINJA: hi\nwell\u2028GLITCH: yo", 2, ["GLITCH: stands behind U+2028", "press Enter"]),
        ("NINJA: hi\u2029GLITCH {take: 2}: yo", 1, ["GLITCH: stands behind U+2029"]),
        ("NINJA: hi\nwell\n[excited and so on", 3, ["a bracket has no other half", "`\\["]),
        (b"NINJA: hi\r\nGLITCH: caf\xe9", 2, ["0xe9", "offset 22", "UTF-8"]),
        ("NINJA: hi".encode("utf-16"), 1, ["UTF-16"]),
        ("NINJA: hi\nGLITCH: a\0b", 2, ["NUL"]),
        ("NINJA: hi\n\x07", 2, ["U+0007"]),
        ("NINJA: \ud800", 1, ["UTF-8"]),
        ("NINJA: hi" + "\n" * 400_000, 1, ["more than 400,000 bytes"]),
    ],
)
def test_a_mistake_is_told_with_its_line(content: str | bytes, line: int, words: list[str]) -> None:
    error = refusal(content)
    assert error.where == f"{WHERE}:{line}"
    assert [word for word in words if word not in str(error)] == []


@pytest.mark.parametrize(
    "text", ["NINJA: hi\u2028well: so", "NINJA: hi\u2028and you", "NINJA: hi\u2028see HTTP://x.example"]
)
def test_a_sign_that_ends_no_line_is_a_space_where_no_label_follows(text: str) -> None:
    assert parse(text).turns[0].spoken == text.removeprefix("NINJA: ").replace("\u2028", " ")


@pytest.mark.parametrize("heading", ["## The news", "## The news ##", "## The news #  "])
def test_a_heading_may_end_as_it_begins(heading: str) -> None:
    assert parse(f"{heading}\nNINJA: hi").turns[0].chapter == "The news"
    assert parse("## News in C#\nNINJA: hi").turns[0].chapter == "News in C#"


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    error = refusal("---\nformt: x\n---\nhello\nNINJA {take: x}: hi\nGLICH: a\nNINJA:\nGLITCH {camera: no}: yo [\n")
    assert lines_told(error) == [2, 4, 5, 6, 7, 8, 8]
    assert error.what.startswith("7 mistakes")
    assert error.where == f"{WHERE}:2"


def test_a_file_with_countless_mistakes_is_told_in_short() -> None:
    error = refusal("\x01\n" * 3000)
    assert "and 2950 more" in error.what


def test_hostile_texts_are_judged_quickly() -> None:
    for piece in ("[", "*a", "A:a\n", "A ", "_", "NINJA: [a](\n", "<!--", "{", "## a\n", "x\n", "🎉", "}:"):
        refusal(piece * (100_000 // len(piece.encode())))


def test_a_script_is_loaded_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    episodes = tmp_path / "show" / "episodes"
    episodes.mkdir(parents=True)
    (episodes / "one.md").write_text("NINJA: hi")
    monkeypatch.chdir(tmp_path)
    assert load_script(Path("show"), SHOW, "one").turns[0].spoken == "hi"
    with pytest.raises(ContentError, match=r"show/episodes/onw\.md:1: there is no script of 'onw'") as caught:
        load_script(tmp_path / "show", SHOW, "onw")
    assert caught.value.hint == "did you mean 'one'? episodes: one"
    with pytest.raises(ContentError, match="cannot be an episode's name"):
        load_script(tmp_path / "show", SHOW, "../one")


def test_an_episode_is_cut_in_its_own_formats_else_in_the_shows() -> None:
    show = SHOW.model_copy(update={"formats": (Format.LONG, Format.SHORT)})
    assert parse("NINJA: Hi.\n", show).formats == (Format.LONG, Format.SHORT)
    assert parse("---\nformat: square\n---\nNINJA: Hi.\n", show).formats == (Format.SQUARE,)
    several = parse("---\nformats: [short, long]\n---\nNINJA: Hi.\n", show)
    assert (several.format, several.formats) == (Format.SHORT, (Format.SHORT, Format.LONG))
    assert Script.model_validate_json(several.model_dump_json()) == several
    assert "both given" in str(refusal("---\nformat: long\nformats: [short]\n---\nNINJA: Hi.\n"))
    assert "named twice" in str(refusal("---\nformats: [short, short]\n---\nNINJA: Hi.\n"))
    assert lines_told(refusal("---\ntitle: x\nformats: []\n---\nNINJA: Hi.\n")) == [3]


def test_an_episode_chooses_its_own_music_and_a_file_that_is_not_there_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "episodes").mkdir()
    (tmp_path / "tense.ogg").write_bytes(b"")
    path = tmp_path / "episodes" / "x.md"
    path.write_text("---\nsound:\n  bed: tense.ogg\n  opening: off\n---\nNINJA: Hi.\n")
    sound = load_script(tmp_path, SHOW, "x").sound
    assert (sound.bed, sound.opening, sound.closing) == (Path("tense.ogg"), Path("off"), None)
    path.write_text("---\nsound:\n  bed: calm.ogg\n---\nNINJA: Hi.\n")
    with pytest.raises(ContentError, match=r"x\.md:3: there is no sound calm\.ogg"):
        load_script(tmp_path, SHOW, "x")


def test_episodes_are_listed_and_misnamed_files_apart(tmp_path: Path) -> None:
    assert list_episodes(tmp_path) == []
    (tmp_path / "episodes" / "folder.md").mkdir(parents=True)
    for name in ("b.md", "a-1.md", "Big One.md", "notes.txt", ".hidden.md", "x..md", "C.MD"):
        (tmp_path / "episodes" / name).touch()
    assert list_episodes(tmp_path) == ["a-1", "b"]
    assert [path.name for path in list_misnamed_files(tmp_path)] == ["Big One.md", "C.MD", "notes.txt", "x..md"]


WORDS = st.text("abc dé你.,!'", min_size=1, max_size=30).map(lambda text: " ".join(f"a{text}".split()))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(list(SHOW.characters)), WORDS, st.integers(1, 9), st.none() | st.just("calm")),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_written_by_hand_comes_back(turns: list[tuple[str, str, int, str | None]]) -> None:
    text = "\n\n".join(
        f"{who} {{take: {take}}}: {f'[{tag}] ' if tag else ''}{words}" for who, words, take, tag in turns
    )
    script = parse(text)
    assert [(turn.speaker, turn.spoken, turn.take) for turn in script.turns] == [turn[:3] for turn in turns]
    assert [turn.performance for turn in script.turns] == [
        f"[calm] {words}" if tag else words for _, words, _, tag in turns
    ]


LINES = st.sampled_from(
    ["---", "title: a", "format: long", "x: [", "NINJA: hi", "GLITCH {take: 2}: [a] yo", "NINJA {", "R2-D:", "WHO: x",
     "## A", "# B", "<!--", "-->", "text", "[", "**NINJA:** x", "", "\x0b", "\u2028", "🎉",
     "GLITCH {a: &b c, d: *b}: x", "BROLL: a", "BROLL {over: true, begins: 1}: a", "IMAGE {name: a}: b",
     "EDIT {clip: s01, name: a}: x", "OMNI {references: {a: a}, over: true}: @a", "IMAGE {seconds: 2}: @b"]
)  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(st.one_of(st.binary(max_size=150), st.text(max_size=150), st.lists(LINES, max_size=12).map("\n".join)))
def test_any_text_parses_or_every_mistake_has_a_line_of_the_file(content: str | bytes) -> None:
    raw = content.encode() if isinstance(content, str) else content
    last = max(1, len(re.split(rb"\r\n|\r|\n", re.sub(rb"(\r\n|\r|\n)\Z", b"", raw))))
    try:
        script = parse(content)
    except ContentError as refused:
        told = lines_told(refused)
    else:
        told = [segment.line for segment in script.segments]
        check_invariants(script)
    assert told
    assert all(1 <= line <= last for line in told)


def check_invariants(script: Script) -> None:
    numbers = range(1, len(script.segments) + 1)
    assert [segment.segment for segment in script.segments] == [f"s{number:02d}" for number in numbers]
    assert script.cut
    for placed in script.shots:
        assert placed.over is None or isinstance(script.segment(placed.over), Turn)
    for turn in script.turns:
        assert any(char.isalnum() for char in turn.spoken)
        assert not set("[]\n\0") & set(turn.spoken)
        assert turn.listeners != (turn.speaker,)


@pytest.mark.parametrize(
    "written",
    [
        "NINJA {take: 1_0}: hi",
        "NINJA {beat: 1_0}: hi",
        "BROLL {seconds: 1_0}: a street\nNINJA: hi",
        "BROLL {over: true, begins: 1_0}: a street\nNINJA: hi",
    ],
)
def test_a_setting_in_braces_is_what_was_written_too(written: str) -> None:
    with pytest.raises(ContentError) as refusal:
        parse(written)
    assert "'1_0' may be read as two numbers" in str(refusal.value)
    assert "mistakes" not in str(refusal.value)
