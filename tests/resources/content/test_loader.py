import re
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from resources.content.settings.fields import NO_SOUND
from resources.content.show import Format
from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.models.loading import load_show

SMALL = "title: Small\ncharacters:\n  NINJA:\n    name: Ninja\n    puppet: ninja\n"


def show_of(folder: Path, text: str | bytes) -> Path:
    content = text.encode() if isinstance(text, str) else text
    (folder / "show.yaml").write_bytes(content)
    return folder


def refusal(folder: Path, text: str | bytes) -> ContentError:
    with pytest.raises(ContentError) as caught:
        load_show(show_of(folder, text))
    return caught.value


def test_a_small_show_has_defaults_for_all_else(tmp_path: Path) -> None:
    show = load_show(show_of(tmp_path, SMALL))
    assert show.title == "Small"
    assert show.slots == 16
    assert show.look.layouts[Format.LONG] == "newsdesk"
    assert show.schedule.at == time(6, 30)
    assert show.caps is None


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (
            "caps: {segment_usd: 1_0, episode_usd: 15, day_usd: 30}",
            "caps.segment_usd: '1_0' may be read as two numbers",
        ),
        ("approval: {above_usd: 1_0}", "approval.above_usd: '1_0'"),
        ("archive: {after_days: 3_0}", "archive.after_days: '3_0'"),
        ("look: {titles: {bug: N #1}}", "is a comment to YAML, '}' too"),
        ("look:\n  titles:\n    bug: N #1", "look.titles.bug: of 'N #1'"),
        ("sound:\n  bed: take #2.wav", "sound.bed: of 'take #2.wav'"),
    ],
)
def test_what_a_program_would_read_otherwise_than_a_person_is_refused(tmp_path: Path, written: str, says: str) -> None:
    assert says in str(refusal(tmp_path, SMALL + written + "\n"))


@pytest.mark.parametrize("empty", ["", "null", "~", "  # above_usd: 1.00"])
def test_who_names_a_limit_and_leaves_it_empty_is_told_that_there_would_be_none(tmp_path: Path, empty: str) -> None:
    assert "show.yaml:6: approval is left empty" in str(refusal(tmp_path, f"{SMALL}approval: {empty}\n"))
    caps = f"caps:\n  segment_usd: 1\n  episode_usd: 15\n  day_usd: 30\n  month_usd: {empty}\n"
    assert "show.yaml:10: caps.month_usd is left empty" in str(refusal(tmp_path, SMALL + caps))


def test_a_limit_that_is_not_named_is_none(tmp_path: Path) -> None:
    show = load_show(show_of(tmp_path, SMALL + "caps: {segment_usd: 1, episode_usd: 15, day_usd: 30}\nsound:\n"))
    assert show.approval is None
    assert show.caps
    assert show.caps.month_usd is None


def test_what_stands_on_one_line_has_no_line_breaks(tmp_path: Path) -> None:
    text = SMALL.replace("Small", "|\n  A small\n  show\n") + 'look: {titles: {roles: {NINJA: "Desk\\n chief "}}}\n'
    show = load_show(show_of(tmp_path, text))
    assert (show.title, show.look.titles.roles) == ("A small show", {"NINJA": "Desk chief"})


@pytest.mark.parametrize("name", ["title", "name", "bug", "about"])
def test_a_name_of_invisible_signs_alone_is_told_with_its_line(tmp_path: Path, name: str) -> None:
    given = {"title": "A", "name": "N", "bug": "b", "about": "c"} | {name: "\\u200b\\u3164"}
    refused = refusal(
        tmp_path,
        f'title: "{given["title"]}"\n'
        f'characters: {{N: {{puppet: ninja, name: "{given["name"]}"}}}}\n'
        f'look: {{titles: {{bug: "{given["bug"]}"}}}}\n'
        f'publish: {{description: "{given["about"]}"}}\n',
    )
    line = ["title", "name", "bug", "about"].index(name) + 1
    assert (f"show.yaml:{line}: " in str(refused), str(refused).count("nothing is seen of this text")) == (True, 1)


def test_two_characters_never_become_one(tmp_path: Path) -> None:
    twin = "  K\u00c4THE: {name: Anna, puppet: ninja}\n  KA\u0308THE: {name: Ben, puppet: glitch}\n"
    assert "show.yaml:7: 'KA\u0308THE' is given twice" in str(refusal(tmp_path, SMALL + twin))


def test_values_are_what_they_look_like_to_a_person(tmp_path: Path) -> None:
    show = load_show(
        show_of(
            tmp_path,
            "\ufeff"
            + SMALL.replace("Small", "2.10").replace("\n", "\r\n")
            + "language: no\nschedule: {at: 16:30, enabled: yes, mode: draft}\n"
            + "look: {captions: {style: off}, layouts: {long: single}}\n"
            + "cameras:\ncaps: {segment_usd: 1, episode_usd: 2.5, day_usd: 1e1}\nowners: ['a@b.example']\n",
        )
    )
    assert show.title == "2.10"
    assert show.language == "no"
    assert show.schedule.at == time(16, 30)
    assert show.schedule.enabled is True
    assert show.schedule.mode is Mode.DRAFT
    assert show.look.captions.style == "off"
    assert show.cameras == {}
    assert show.look.layouts == {Format.SHORT: "videochat", Format.LONG: "single", Format.SQUARE: "videochat"}
    assert show.caps is not None
    assert show.caps.day_usd == 10
    assert show.owners == ("a@b.example",)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (SMALL + "colour: red\n", 6, ["no setting 'colour'", "known here: title, id, slots"]),
        (SMALL + "    colour: '#ffffff'\n", 6, ["'colour' in characters.NINJA", "did you mean 'color'?"]),
        (SMALL + "    voice:\n      offline: {rat: 3}\n", 7, ["did you mean 'rate'?"]),
        (SMALL.replace("title: Small\n", ""), 1, ["`title` is missing", "add `title: …`"]),
        (SMALL.replace("name: Ninja", "color: '#ffffff'"), 3, ["`characters.NINJA.name` is missing"]),
        (SMALL + "    color: red\n", 6, ["characters.NINJA.color", "'#22d3ee'"]),
        (SMALL + "slots: many\n", 6, ["slots: 'many'", "a whole number"]),
        (SMALL + "slots: 201\n", 6, ["200"]),
        (SMALL + "slots: 9\nslots: 10\n", 7, ["'slots' is given twice", "first on line 6"]),
        (SMALL + "schedule:\n  timezone: Mars/Olympus\n", 7, ["Mars/Olympus", "Europe/Berlin"]),
        (SMALL + "schedule:\n  at: 25:00\n", 7, ["25:00", "06:30"]),
        (SMALL + "schedule:\n  at: 390\n", 7, ["390", "06:30"]),
        (SMALL + "schedule:\n  mode: fnal\n", 7, ["'fnal'", "'rehearsal', 'draft' or 'final'"]),
        (SMALL + "caps: {segment_usd: .inf, episode_usd: inf, day_usd: 1}\n", 6, ["2 mistakes"]),
        (
            SMALL + "caps: {segment_usd: 1e305, episode_usd: 1, day_usd: 100001}\n",
            6,
            ["2 mistakes", "100000 or less"],
        ),
        (SMALL + "caps:\n  segment_usd: 1\n", 6, ["caps.episode_usd", "caps.day_usd"]),
        (SMALL + "models:\n  rehearsal: {speaker: x}\n", 7, ["rehearsal uses no models"]),
        (SMALL + "models:\n  drft: {speaker: x}\n", 7, ["models.drft", "'draft'"]),
        (SMALL + "cameras:\n  a: {layout: newsdsk}\n", 7, ["no layout 'newsdsk'", "did you mean 'newsdesk'?"]),
        (
            SMALL.replace("puppet: ninja", "puppet: ninja\n    voice:\n      offline:\n        voice: hibari-lady"),
            8,
            ["'hibari-lady'", "'hibari-man', 'hibari-woman' or 'espeak'"],
        ),
        (
            SMALL.replace("puppet: ninja", "puppet: ninja\n    voice:\n      offline:\n        voice: hibari-man")
            + "language: de\n",
            8,
            ["hibari-man speaks English alone", "language is de"],
        ),
        (SMALL + "cameras:\n  a: {angle: close}\n", 7, ["'close', which no character has"]),
        (SMALL + "look:\n  layouts: {short: nope}\n", 7, ["no layout 'nope'", "videochat"]),
        (SMALL + "look:\n  layouts: {wide: videochat}\n", 7, ["look.layouts.wide", "'short'"]),
        (SMALL + "look: nice\n", 6, ["look: 'nice'", "a mapping"]),
        (SMALL + "owners: me\n", 6, ["owners: 'me'", "a list"]),
        (SMALL.replace("NINJA", "Ninja"), 3, ["'Ninja' cannot be a label"]),
        (SMALL.replace("    puppet: ninja\n", ""), 3, ["needs a `puppet`"]),
        (SMALL.replace("puppet: ninja", "puppet: nina"), 5, ["characters.NINJA.puppet", "'ninja' or 'glitch'"]),
        (SMALL + "    image: ninja.png\n", 6, ["no picture ninja.png"]),
        (SMALL + "    image: ../ninja.png\n", 6, ["outside the show's folder"]),
        (SMALL + "    image: /etc/x.png\n", 6, ["outside the show's folder"]),
        (SMALL + "    image: ninja.gif\n", 6, ["PNG or JPEG"]),
        (SMALL + "    angles:\n      close: a.png\n", 7, ["no picture a.png"]),
        (SMALL + "\tslots: 3\n", 6, ["a tab stands here"]),
        (SMALL + "owners: [a, b\n", 6, ["not YAML"]),
        (SMALL + "owners: &o [a]\ncameras: *o\n", 6, ["anchor"]),
        (SMALL + "cameras: *o\n", 6, ["alias"]),
        (SMALL + "title2: !!python/name:os.system x\n", 6, ["YAML tag"]),
        (SMALL + "? [a, b]\n: c\n", 6, ["a key must be a plain word"]),
        (SMALL + "x: " + "[" * 3000 + "\n", 6, ["nested too deep"]),
        ("- a\n- b\n", 1, ["`key: value`"]),
        ("", 1, ["`title` is missing", "`characters` is missing"]),
        (SMALL.replace("NINJA", "BROLL"), 3, ["BROLL cannot be a character's label", "a kind of shot"]),
        (SMALL.encode() + b"x: \xff\n", 6, ["0xff", "UTF-8"]),
        (SMALL.encode("utf-16"), 1, ["UTF-16"]),
        (SMALL + "a: \0\n", 6, ["NUL"]),
        (SMALL + "a: \x1b[1m\n", 6, ["U+001B"]),
        (SMALL + "a: \ufffe\n", 6, ["U+FFFE"]),
        (SMALL + "#" * 400_000, 1, ["400,"]),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str | bytes, line: int, words: list[str]) -> None:
    error = refusal(tmp_path, text)
    assert error.where == f"{(tmp_path / 'show.yaml').as_posix()}:{line}"
    assert [word for word in words if word not in str(error)] == []


def test_all_mistakes_are_told_at_once_in_order(tmp_path: Path) -> None:
    error = refusal(tmp_path, "titel: Small\nslots: x\n" + SMALL.partition("\n")[2] + "    colr: red\n")
    lines = [int(found) for found in re.findall(r"show\.yaml:(\d+): (?!\d+ mistakes)", str(error))]
    assert lines == [1, 1, 2, 7]
    assert "4 mistakes" in error.what


def test_a_place_is_told_relative_to_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "show").mkdir()
    monkeypatch.chdir(tmp_path)
    assert refusal(tmp_path / "show", "").where == "show/show.yaml:1"


@pytest.mark.parametrize(
    ("sound", "words"),
    [
        ("bed: sounds/none.ogg", "there is no sound sounds/none.ogg"),
        ("opening: ../song.wav", "outside the show's folder"),
        ("closing: notes.txt", "is no sound"),
        ("bed_under_speech_lu: 12", "18 or more"),
        ("bed_in_pauses_lu: 30", "louder under speech than in pauses"),
        ("volume: 3", "there is no setting 'volume'"),
    ],
)
def test_a_mistake_in_the_music_is_told_with_its_line(tmp_path: Path, sound: str, words: str) -> None:
    (tmp_path / "song.wav").write_bytes(b"")
    (tmp_path / "show").mkdir()
    error = refusal(tmp_path / "show", f"{SMALL}sound:\n  {sound}\n")
    assert words in str(error)
    assert "show.yaml:7" in str(error) or "show.yaml:6" in str(error)


def test_a_transition_longer_than_the_pause_it_lies_in_is_told(tmp_path: Path) -> None:
    look = "look:\n  transition:\n    style: wipe\n    seconds: 0.4\n"
    error = refusal(tmp_path, SMALL + look)
    assert "show.yaml:9" in str(error)
    assert "longer than the pause of 0.25 s" in str(error)
    assert load_show(show_of(tmp_path, f"{SMALL}{look}pacing: {{tail_seconds: 0.4}}\n")).look.transition.style == "wipe"
    assert load_show(show_of(tmp_path, SMALL + look.replace("wipe", "cut"))).look.transition.seconds == 0.4


def test_music_is_off_or_a_file_of_the_show(tmp_path: Path) -> None:
    (tmp_path / "bed.ogg").write_bytes(b"")
    sound = load_show(show_of(tmp_path, f"{SMALL}sound: {{bed: bed.ogg, opening: off}}\n")).sound
    assert (sound.bed, sound.opening, sound.closing) == (Path("bed.ogg"), NO_SOUND, None)


def test_a_performance_is_said_by_a_category_and_its_components(tmp_path: Path) -> None:
    (tmp_path / "prompts.yaml").write_text("templates: {quiz: {subject: A quizmaster, style: Dry wit}}")
    speaking = "    speaking: {template: quiz, expression: one eyebrow raised, style: deadpan}\n"
    performance = load_show(show_of(tmp_path, SMALL + speaking)).characters["NINJA"].speaking
    assert performance.prompt == "A quizmaster. One eyebrow raised. Deadpan."


@pytest.mark.parametrize(
    ("speaking", "words"),
    [
        ("{template: quizz}", ["show.yaml:6", "no template 'quizz'", "gaming_news"]),
        ("{template: corporate, prompt: Hi.}", ["show.yaml:6", "either `prompt`, or `template`"]),
        ("{templat: corporate}", ["show.yaml:6", "did you mean 'template'?"]),
    ],
)
def test_a_performance_that_cannot_be_made_is_told_with_its_line(
    tmp_path: Path, speaking: str, words: list[str]
) -> None:
    message = str(refusal(tmp_path, SMALL + f"    speaking: {speaking}\n"))
    assert [word for word in words if word not in message] == []


def test_a_folder_without_a_show_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"show\.yaml:1: the show cannot be read"):
        load_show(tmp_path)


def test_pictures_are_absolute_and_may_not_leave_by_a_link(tmp_path: Path) -> None:
    folder = tmp_path / "show"
    folder.mkdir()
    Image.new("RGB", (8, 8)).save(folder / "a.png")
    text = SMALL + "    image: a.png\n    angles: {close: ./a.png}\ncameras: {near: {angle: close}}\n"
    show = load_show(show_of(folder, text))
    assert show.characters["NINJA"].image == folder.resolve() / "a.png"
    assert show.characters["NINJA"].angles == {"close": folder.resolve() / "a.png"}
    (folder / "a.png").rename(tmp_path / "a.png")
    (folder / "a.png").symlink_to(tmp_path / "a.png")
    assert "2 mistakes" in refusal(folder, text).what


@settings(max_examples=120, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                [*SMALL.splitlines(), "slots: x", "- a", "? b", "x: {", "x: ]", "  a: |", "---", "%TAG", "\t"]
            )
        ).map("\n".join),
    )
)
def test_any_show_loads_or_every_mistake_has_a_line_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, content: str | bytes
) -> None:
    folder = tmp_path_factory.mktemp("show")
    raw = content.encode() if isinstance(content, str) else content
    last = max(1, len(re.split(rb"\r\n|\r|\n", re.sub(rb"(\r\n|\r|\n)\Z", b"", raw))))
    lines = [1]
    try:
        load_show(show_of(folder, raw))
    except ContentError as refused:
        lines = [int(line) for line in re.findall(r"^\S*show\.yaml:(\d+):", str(refused), re.MULTILINE)]
    assert lines
    assert all(1 <= line <= last for line in lines)
