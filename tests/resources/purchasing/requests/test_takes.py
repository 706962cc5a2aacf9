"""Takes: what a retake raises, and what raises it only once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from resources.content.identity import Line
from resources.core.names import SHOTS, TTS_AUDIO, CellKey, Mode
from resources.core.values import Part
from resources.models.loading import load_script, load_show
from resources.purchasing.ledger import Ledger
from resources.purchasing.ledger.tables.store import Store
from resources.purchasing.requests.takes import Takes, asks_again, line_of
from resources.purchasing.state.state import ShowState
from tests.empty_ledger import empty_ledger
from tests.paid_episode import PaidEpisode, opened_on, paid_episode
from tests.resources.purchasing.ledger.helpers import CAPS, purchase
from tests.stage import build_stage

CELL = CellKey("demo", "s03")


def idle() -> bool:
    """Nothing is under way."""
    return False


@pytest.fixture
def state(tmp_path: Path) -> Iterator[ShowState]:
    with ShowState(Store(empty_ledger(tmp_path / "ledger.db")), "show") as opened:
        yield opened


def test_a_retake_is_remembered_by_later_runs(state: ShowState) -> None:
    Takes(state, Mode.DRAFT, "run-1").retake(CELL, Part.SPEAKER, under_way=idle)
    assert Takes(state, Mode.DRAFT).current(CELL, Part.SPEAKER, 1) == 2


def test_the_scripts_take_and_the_retakes_add_up(state: ShowState) -> None:
    for run in ("run-1", "run-2"):
        Takes(state, Mode.DRAFT, run).retake(CELL, Part.VOICE, 3, under_way=idle)
    assert Takes(state, Mode.DRAFT).current(CELL, Part.VOICE, 3) == 5


def test_a_run_that_is_executed_again_raises_nothing_twice_not_even_after_another_one(state: ShowState) -> None:
    for run in ("root", "root", "other", "root"):
        Takes(state, Mode.FINAL, run).retake(CELL, Part.SPEAKER, under_way=idle)
    assert Takes(state, Mode.FINAL).current(CELL, Part.SPEAKER, 1) == 3


def test_what_an_earlier_run_of_the_same_launch_has_asked_for_is_not_asked_for_again(state: ShowState) -> None:
    Takes(state, Mode.DRAFT, "first").retake(CELL, Part.SPEAKER, under_way=idle)
    again = Takes(state, Mode.DRAFT, "again", earlier={"first", "another"})
    assert again.is_counted(CELL, Part.SPEAKER)
    again.retake(CELL, Part.SPEAKER, under_way=idle)
    assert again.current(CELL, Part.SPEAKER, 1) == Takes(state, Mode.DRAFT).current(CELL, Part.SPEAKER, 1) == 2
    assert not Takes(state, Mode.DRAFT, "again").is_counted(CELL, Part.SPEAKER)


def test_of_two_runs_that_retake_at_once_each_makes_the_take_that_it_asked_for(state: ShowState) -> None:
    first, second = (Takes(state, Mode.FINAL, run) for run in ("first", "second"))
    first.retake(CELL, Part.SPEAKER, under_way=idle)
    second.retake(CELL, Part.SPEAKER, under_way=idle)
    assert (first.current(CELL, Part.SPEAKER, 1), second.current(CELL, Part.SPEAKER, 1)) == (2, 3)
    assert Takes(state, Mode.FINAL, "a later one").current(CELL, Part.SPEAKER, 1) == 3


def test_draft_and_final_share_voices_and_shots_and_not_the_clips(state: ShowState) -> None:
    draft, final, rehearsal = (Takes(state, mode, "run") for mode in (Mode.DRAFT, Mode.FINAL, Mode.REHEARSAL))
    draft.retake(CELL, Part.VOICE, under_way=idle)
    draft.retake(CELL, Part.SPEAKER, under_way=idle)
    assert final.current(CELL, Part.VOICE, 1) == 2
    assert final.current(CELL, Part.SPEAKER, 1) == 1
    draft.retake(CELL, Part.SHOT, under_way=idle)
    assert (final.current(CELL, Part.SHOT, 1), rehearsal.current(CELL, Part.SHOT, 1)) == (2, 1)
    assert rehearsal.current(CELL, Part.VOICE, 1) == 1


def test_what_is_under_way_is_not_raised_neither_now_nor_when_that_run_is_executed_again(state: ShowState) -> None:
    Takes(state, Mode.FINAL, "killed").retake(CELL, Part.SPEAKER, under_way=idle)
    again = Takes(state, Mode.FINAL, "again")
    again.retake(CELL, Part.SPEAKER, under_way=lambda: True)
    again.retake(CELL, Part.SPEAKER, under_way=idle)
    assert again.current(CELL, Part.SPEAKER, 1) == 2
    Takes(state, Mode.FINAL, "another").retake(CELL, Part.SPEAKER, under_way=idle)
    assert Takes(state, Mode.FINAL).current(CELL, Part.SPEAKER, 1) == 3


def test_a_take_that_an_equal_line_has_is_passed_over(state: ShowState) -> None:
    """The key of a purchase holds the line and the take, not the segment."""

    def line(take: int) -> list[str]:
        return [f"the line, take {take}"]

    s01, s03 = CellKey("demo", "s01"), CELL
    Takes(state, Mode.DRAFT, "one").retake(s01, Part.VOICE, under_way=idle, keys_at=line)
    assert Takes(state, Mode.DRAFT, "two").after(s03, Part.VOICE, 1, line) == 3
    Takes(state, Mode.DRAFT, "two").retake(s03, Part.VOICE, under_way=idle, keys_at=line)
    takes = Takes(state, Mode.DRAFT)
    assert (takes.current(s01, Part.VOICE, 1), takes.current(s03, Part.VOICE, 1)) == (2, 3)


def test_a_take_that_was_bought_for_anybody_is_passed_over(state: ShowState) -> None:
    bought = purchase(take=2)
    with Ledger(state.store, show="another", caps=CAPS) as ledger:
        ledger.claim(bought)

    def keys(take: int) -> list[str]:
        return [bought.model_copy(update={"take": take}).key]

    Takes(state, Mode.DRAFT, "run").retake(CELL, Part.SPEAKER, under_way=idle, keys_at=keys)
    assert Takes(state, Mode.DRAFT).current(CELL, Part.SPEAKER, 1) == 3


def test_shows_of_one_database_count_for_themselves(state: ShowState) -> None:
    Takes(state, Mode.DRAFT, "run").retake(CELL, Part.VOICE, under_way=idle)
    other = ShowState(state.store, "other")
    assert Takes(other, Mode.DRAFT).current(CELL, Part.VOICE, 1) == 1


HELLO, NEWS = Line("the line of hello"), Line("the line of news")


def test_a_line_that_moves_takes_its_takes_along_and_what_comes_to_stand_there_begins_anew(state: ShowState) -> None:
    there = CellKey("demo", "s07")
    for run in ("run-1", "run-2"):
        Takes(state, Mode.DRAFT, run).retake(CELL, Part.VOICE, line=HELLO, under_way=idle)
    takes = Takes(state, Mode.DRAFT)
    assert takes.current(there, Part.VOICE, 1, line=HELLO) == 3
    assert takes.current(CELL, Part.VOICE, 1, line=NEWS) == 1
    takes.choose(there, Part.VOICE, 1, 2, line=HELLO)
    assert [takes.current(cell, Part.VOICE, 1, line=HELLO) for cell in (CELL, there)] == [2, 2]
    assert takes.current(CELL, Part.VOICE, 1, line=NEWS) == 1
    Takes(state, Mode.DRAFT, "run-3").retake(there, Part.VOICE, line=NEWS, under_way=idle)
    assert (takes.current(CELL, Part.VOICE, 1, line=NEWS), takes.current(CELL, Part.VOICE, 1, line=HELLO)) == (2, 2)


def test_a_run_that_is_executed_again_makes_no_other_line_anew_that_stands_there_now(state: ShowState) -> None:
    Takes(state, Mode.DRAFT, "root").retake(CELL, Part.VOICE, line=HELLO, under_way=idle)
    again = Takes(state, Mode.DRAFT, "root")
    assert again.is_counted(CELL, Part.VOICE, line=NEWS)
    again.retake(CELL, Part.VOICE, line=NEWS, under_way=idle)
    assert again.current(CELL, Part.VOICE, 1, line=NEWS) == 1
    assert again.is_counted(CellKey("demo", "s09"), Part.VOICE, line=HELLO)


def test_a_listeners_take_stays_in_its_place_while_the_same_people_listen_there(state: ShowState) -> None:
    Takes(state, Mode.DRAFT, "run").retake(CELL, Part.LISTENER, line=Line("glitch, amused"), under_way=idle)
    takes, there = Takes(state, Mode.DRAFT), CellKey("demo", "s07")
    assert takes.current(CELL, Part.LISTENER, 1, line=Line("glitch, amused")) == 2
    assert takes.current(CELL, Part.LISTENER, 1, line=Line("ninja, calm")) == 1
    assert takes.current(there, Part.LISTENER, 1, line=Line("glitch, amused")) == 1


def test_a_retake_from_before_a_row_knew_its_line_is_of_whatever_stands_there(state: ShowState) -> None:
    Takes(state, Mode.DRAFT, "old").retake(CELL, Part.VOICE, under_way=idle)
    Takes(state, Mode.DRAFT, "new").retake(CELL, Part.VOICE, line=HELLO, under_way=idle)
    takes, there = Takes(state, Mode.DRAFT), CellKey("demo", "s07")
    assert [takes.current(CELL, Part.VOICE, 1, line=line) for line in (HELLO, NEWS)] == [3, 2]
    assert [takes.current(there, Part.VOICE, 1, line=line) for line in (HELLO, NEWS)] == [3, 1]


ONE, TWO, NEW = "NINJA: One two three.\n", "GLITCH: Four five six.\n", "NINJA: Something new.\n"
HEAD = "---\ntitle: Order\n---\n"


def voices(episode: PaidEpisode) -> list[tuple[int, float]]:
    """The take and the price of each segment's line."""
    found = [episode.requests(each.segment) for each in episode.context.script.segments]
    requests = [(each, request) for each in found for request in each.requests(TTS_AUDIO) or ()]
    return [(request.purchase.take, each.quote(request).usd) for each, request in requests]


@pytest.mark.parametrize("order", [(TWO, ONE), (TWO,), (NEW, ONE, TWO), (ONE, TWO.replace("six", "seven"), TWO)])
def test_a_script_that_is_put_in_another_order_buys_only_its_new_lines(tmp_path: Path, order: tuple[str, ...]) -> None:
    with paid_episode(tmp_path, HEAD + ONE + TWO) as episode:
        episode.say("s01")
        episode.say("s02")
        retaken = episode.work(TTS_AUDIO, "s02", retake=["s02"], of=[Part.VOICE])
        retaken.retaken(Part.VOICE)
        episode.say("s02")
        assert voices(episode) == [(1, 0), (2, 0)]
    episode.stage.write_episode(text=HEAD + "".join(order))
    with opened_on(episode.stage) as later:
        assert [(take, usd > 0) for take, usd in voices(later)] == [
            (2 if line == TWO else 1, line not in (ONE, TWO)) for line in order
        ]


def test_of_equal_lines_each_has_its_own_take(tmp_path: Path) -> None:
    with paid_episode(tmp_path, HEAD + ONE + TWO + ONE) as episode:
        episode.work(TTS_AUDIO, "s03", retake=["s03"], of=[Part.VOICE]).retaken(Part.VOICE)
        assert [take for take, _ in voices(episode)] == [1, 1, 2]
    episode.stage.write_episode(text=HEAD + TWO + ONE + NEW + ONE)
    with opened_on(episode.stage) as later:
        assert [take for take, _ in voices(later)] == [1, 1, 1, 2]


YES, LAUGHS = "NINJA: Yes.\n", "NINJA: [laughs] Yes.\n"


def test_equal_words_with_another_tag_are_another_line(tmp_path: Path) -> None:
    with paid_episode(tmp_path, HEAD + YES + TWO + LAUGHS) as episode:
        for segment in ("s01", "s02", "s03"):
            episode.say(segment)
        episode.work(TTS_AUDIO, "s01", retake=["s01"], of=[Part.VOICE]).retaken(Part.VOICE)
        episode.say("s01")
        assert voices(episode) == [(2, 0), (1, 0), (1, 0)]
    for order, takes in ((TWO + LAUGHS, [1, 1]), (LAUGHS + YES, [1, 2]), (LAUGHS + TWO, [1, 1]), (YES, [2])):
        episode.stage.write_episode(text=HEAD + order)
        with opened_on(episode.stage) as later:
            assert voices(later) == [(take, 0) for take in takes]


STREET = "BROLL {seconds: 5, name: street}: A street at night, rain on the pavement.\n"


@pytest.mark.parametrize("name", ["street", "s02", "s03"])
def test_a_shot_keeps_its_take_where_what_it_is_made_from_moves_or_gets_another_name(tmp_path: Path, name: str) -> None:
    edit = "EDIT {clip: CLIP}: Turn the rain into snow.\n"
    with paid_episode(tmp_path, HEAD + ONE + STREET + edit.replace("CLIP", "street")) as episode:
        episode.work(SHOTS, "s03", retake=["s03"], of=[Part.SHOT]).retaken(Part.SHOT)
    lines = {"street": ONE + STREET, "s02": ONE + STREET.replace(", name: street", ""), "s03": ONE + TWO + STREET}[name]
    episode.stage.write_episode(text=HEAD + lines + edit.replace("CLIP", name))
    with opened_on(episode.stage) as later:
        script, takes = later.context.script, later.context.takes
        assert takes.of(script, script.segments[-1], Part.SHOT) == 2


def test_a_run_that_is_executed_again_makes_no_part_of_another_line_anew(state: ShowState) -> None:
    hello, news, same = (Line(key, content, key) for key, content in (("h", ""), ("n", ""), ("m", "h")))
    Takes(state, Mode.DRAFT, "root").retake(CELL, Part.VOICE, line=hello, under_way=idle)
    again = Takes(state, Mode.DRAFT, "root")
    for part in (Part.SPEAKER, Part.LISTENER):
        assert not again.is_counted(CELL, part, line=hello)
        assert again.is_counted(CELL, part, line=news)
        assert not again.is_counted(CELL, part, line=same._replace(stands="h"))
    assert not again.is_counted(CellKey("demo", "s04"), Part.SPEAKER, line=news)


def test_a_retake_of_before_a_tag_told_lines_apart_is_of_its_words(state: ShowState) -> None:
    Takes(state, Mode.DRAFT, "old").retake(CELL, Part.VOICE, line=Line("words"), under_way=idle)
    takes, there, line = Takes(state, Mode.DRAFT), CellKey("demo", "s07"), Line("own", "words", "own")
    assert takes.current(there, Part.VOICE, 1, line=line) == 2
    takes.choose(there, Part.VOICE, 1, 1, line=line)
    assert takes.current(CELL, Part.VOICE, 1, line=line) == 1
    Takes(state, Mode.DRAFT, "new").retake(there, Part.VOICE, line=line, under_way=idle)
    assert takes.current(CELL, Part.VOICE, 1, line=line) == 3


def test_a_line_that_moves_keeps_what_was_bought_by_other_defaults(tmp_path: Path) -> None:
    with paid_episode(tmp_path, HEAD + ONE + TWO) as episode:
        [request] = episode.requests("s02").requests(TTS_AUDIO) or ()
        earlier = {**request.purchase.arguments, "text": "as an earlier default asked for it"}
        purchase = request.purchase.model_copy(update={"arguments": earlier})
        assert purchase.key != request.purchase.key
        episode.buy(replace(request, purchase=purchase), episode.tone(2.0))
        assert [usd for _, usd in voices(episode)][1] == 0
    episode.stage.write_episode(text=HEAD + TWO + ONE)
    with opened_on(episode.stage) as later:
        assert [usd > 0 for _, usd in voices(later)] == [False, True]


def test_what_is_left_of_a_retake_is_asked_for_without_what_is_counted() -> None:
    voice, speaker, shot = Part.VOICE, Part.SPEAKER, Part.SHOT
    produce = "ninja produce demo --mode draft"
    assert asks_again("demo", Mode.DRAFT, segments=["s02"]) == f"{produce} --segments s02"
    assert asks_again("demo", Mode.DRAFT, anew=[("s03", shot)]) == f"{produce} --segments s03 --retake --retake-of shot"
    together = [("s10", speaker), ("s02", speaker), ("s03", shot)]
    asked = f"{produce} --segments s02,s03,s10 --retake --retake-of speaker,shot"
    assert asks_again("demo", Mode.DRAFT, anew=together) == asked
    apart = [("s02", speaker), ("s01", speaker), ("s01", voice)]
    assert asks_again("demo", Mode.DRAFT, anew=apart) == (
        f"{produce} --segments s01 --retake --retake-of voice,speaker && "
        f"{produce} --segments s02 --retake --retake-of speaker"
    )
    left = asks_again("demo", Mode.DRAFT, segments=["s01", "s02", "s03"], anew=[("s02", speaker)])
    assert left == f"{produce} --segments s02 --retake --retake-of speaker && {produce} --segments s01,s03"
    assert asks_again("demo", Mode.DRAFT, segments=["s03"], anew=[("s03", shot)]) == (
        f"{produce} --segments s03 --retake --retake-of shot"
    )


def test_an_episode_of_another_name_takes_its_takes_over_from_there(state: ShowState, tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    show = load_show(stage.show)
    for name in ("copied", "other"):
        stage.write_episode(name, (stage.show / "episodes" / "demo.md").read_text(encoding="utf-8"))
    demo, copied, other = (load_script(stage.show, show, name) for name in ("demo", "copied", "other"))
    takes = Takes(state, Mode.DRAFT)
    for run, part in (("a", Part.VOICE), ("b", Part.VOICE), ("c", Part.SPEAKER)):
        line = line_of(demo, demo.segments[0], part)
        Takes(state, Mode.DRAFT, run).retake(CellKey("demo", "s01"), part, line=line, under_way=idle)
    assert takes.retaken_elsewhere(copied, copied.segments) == {"s01": "demo"}
    assert takes.retaken_elsewhere(demo, demo.segments) == {}
    assert Takes(state, Mode.FINAL).retaken_elsewhere(copied, copied.segments) == {"s01": "demo"}  # the voice is shared
    assert takes.take_over(copied, "demo") == {("s01", Part.VOICE): 3, ("s01", Part.SPEAKER): 2}
    assert takes.of(copied, copied.segments[0], Part.VOICE) == 3
    assert not takes.take_over(copied, "demo")
    assert not takes.retaken_elsewhere(copied, copied.segments)
    # Of several, the one where it was retaken last; a take that was chosen there is the one that is taken over.
    line = line_of(copied, copied.segments[0], Part.VOICE)
    takes.choose(CellKey("copied", "s01"), Part.VOICE, 1, 2, line=line)
    assert takes.retaken_elsewhere(other, other.segments) == {"s01": "copied"}
    assert takes.take_over(other, "copied") == {("s01", Part.VOICE): 2, ("s01", Part.SPEAKER): 2}
    assert takes.of(demo, demo.segments[0], Part.VOICE) == 3
