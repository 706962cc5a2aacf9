"""What a segment of the cut was made of: read once, whole or not at all, and all that is missing named at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ninja_assets.cells.asset import NotYetError
from ninja_assets.cells.record.cell_values import Composites, Listeners, Segment
from ninja_assets.cells.record.records import Records, digest_of
from ninja_assets.cut.ingredients import Ingredients, composites_of, file_of, ingredients_of, worth
from resources.content.segments import Script
from resources.content.show import Format, Show
from resources.core.errors import ContentError
from resources.core.names import COMPOSITES, LISTENER_CLIPS, SHOTS, SPEAKER_CLIPS, TTS_AUDIO, CellKey, Mode
from resources.core.values import Clip, Footage, Media, Part, Receipt, VoiceTrack, Word
from resources.models.loading import parse_script
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.state.state import ShowState
from tests.empty_ledger import empty_ledger

SHOW = Show(
    title="Small",
    characters={"NINJA": {"name": "Ninja", "puppet": "ninja"}, "GLITCH": {"name": "Glitch", "puppet": "glitch"}},
)
LINES = """\
NINJA: One two.
BROLL {over: true, seconds: 5}: A street.
IMAGE {name: map}: A map.
BROLL {image: map, seconds: 5}: It unfolds.
"""


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with ShowState(Store(empty_ledger(tmp_path / "ledger.db")), "show") as state:
        yield Records(state, tmp_path, Mode.DRAFT)


@pytest.fixture
def script(records: Records) -> Script:
    read = parse_script(LINES, episode="demo", show=SHOW, where="demo.md")
    records.write_script(read)
    return read


def receipt(take: int = 1, cost: float = 0.0, saved: float = 0.0) -> Receipt:
    return Receipt(provider="fal", take=take, cost_usd=cost, saved_usd=saved)


def media(name: str, suffix: str = ".mp4") -> Media:
    return Media(sha256=name.encode().hex().ljust(64, "0")[:64], suffix=suffix, size=1)


def clip(name: str, of: Receipt) -> Clip:
    return Clip(video=media(name), seconds=2.0, width=540, height=540, fps=30.0, receipt=of)


def footage(name: str, of: Receipt, suffix: str = ".mp4") -> Footage:
    return Footage(media=media(name, suffix), width=540, height=540, receipt=of)


def put(records: Records, segment: str, *, opening: int = 0, shapes: tuple[Format, ...] = (Format.SHORT,)) -> None:
    composed = Segment(
        video=media("c"), poster=media("p", ".jpg"), frames=60, seconds=2.0, receipt=receipt(), opening=opening
    )
    key = CellKey("demo", segment)
    records.write(COMPOSITES, key, Composites(by_format=dict.fromkeys(shapes, composed)), {})


def made(records: Records) -> None:
    """All that the episode is made of."""
    turn, words = CellKey("demo", "s01"), (Word(text="One", start=0.5, end=0.9), Word(text="two.", start=1.0, end=1.5))
    track = VoiceTrack(audio=media("v", ".wav"), seconds=2.0, words=words, padded=False, receipt=receipt(2, cost=0.25))
    records.write(TTS_AUDIO, turn, track, {})
    records.write(SPEAKER_CLIPS, turn, clip("s", receipt(3, cost=1.0)), {})
    records.write(LISTENER_CLIPS, turn, Listeners(clips={"GLITCH": clip("l", receipt(9, saved=0.5))}), {})
    records.write(SHOTS, CellKey("demo", "s02"), footage("o", receipt(cost=4.0)), {})
    records.write(SHOTS, CellKey("demo", "s04"), footage("f", receipt(4, cost=2.0), ".webm"), {})
    put(records, "s01", opening=15)
    put(records, "s04")


def read(records: Records, script: Script) -> list[Ingredients]:
    return ingredients_of(records, script, composites_of(records, script), Format.SHORT)


def test_a_turn_is_made_of_its_voice_its_faces_and_the_shots_that_are_seen_over_it(
    records: Records, script: Script
) -> None:
    made(records)
    turn, _ = read(records, script)
    assert (turn.segment, turn.kind_of_file, turn.file) == ("s01", "speaker", "s01/speaker.mp4")
    assert (list(turn.listeners), list(turn.over)) == (["GLITCH"], ["s02"])
    assert turn.worth_usd == pytest.approx(1.75)  # the shot over it is a segment of its own
    assert turn.parts == {Part.VOICE: 2, Part.SPEAKER: 3}
    assert turn.take == 3  # of the performance: a loop that others share is not counted


def test_its_words_count_from_where_its_picture_begins(records: Records, script: Script) -> None:
    made(records)
    turn, shot = read(records, script)
    assert [(word.text, word.start) for word in turn.words] == [("One", 1.0), ("two.", 1.5)]
    assert shot.words == ()


def test_a_shot_is_made_of_its_own_file_alone(records: Records, script: Script) -> None:
    made(records)
    _, shot = read(records, script)
    assert (shot.voice, dict(shot.listeners), dict(shot.over)) == (None, {}, {})
    assert (shot.file, shot.parts, shot.take) == ("s04/shot.webm", {Part.SHOT: 4}, 4)
    assert shot.worth_usd == 2.0


def test_all_that_is_missing_is_named_at_once_with_the_command(records: Records, script: Script) -> None:
    with pytest.raises(NotYetError, match="the cut waits for s01, s04") as raised:
        composites_of(records, script)
    assert str(raised.value.hint).endswith("ninja produce demo --mode draft")
    made(records)
    records.forget(COMPOSITES, CellKey("demo", "s04"))
    with pytest.raises(NotYetError, match="the cut waits for s04") as one:
        composites_of(records, script)
    assert one.value.what == "the cut waits for s04"


def test_what_has_no_place_in_the_cut_is_not_waited_for(records: Records, script: Script) -> None:
    put(records, "s01")
    put(records, "s04")
    assert len(composites_of(records, script)) == 2


def test_a_composite_of_words_that_have_changed_is_waited_for(records: Records, script: Script) -> None:
    made(records)
    key = CellKey("demo", "s01")
    value = records.read(COMPOSITES, key, Composites).value
    records.write(COMPOSITES, key, value, {"script": digest_of(script.segments[0])})
    composites_of(records, script)
    changed = parse_script(LINES.replace("One two", "One three"), episode="demo", show=SHOW, where="demo.md")
    records.write_script(changed)
    with pytest.raises(NotYetError) as raised:
        composites_of(records, changed)
    assert "out of date" in str(raised.value.why)


def test_a_format_that_was_asked_for_later_is_waited_for(records: Records, script: Script) -> None:
    made(records)
    both = script.model_copy(update={"also": (Format.LONG,)})
    with pytest.raises(NotYetError) as raised:
        composites_of(records, both)
    assert "s01 has no composite in long yet" in str(raised.value.why)


def test_a_part_that_is_gone_is_told(records: Records, script: Script) -> None:
    made(records)
    records.forget(SHOTS, CellKey("demo", "s02"))
    with pytest.raises(ContentError, match="s02 has no shots"):
        read(records, script)


def test_what_was_made_for_free_is_worth_nothing_and_what_was_reused_what_it_cost() -> None:
    assert worth([]) == 0
    assert worth([receipt(cost=1.0), receipt(saved=2.0), receipt()]) == 3.0
    assert file_of("s07", SPEAKER_CLIPS, media("x", ".mov")) == "s07/speaker.mov"
