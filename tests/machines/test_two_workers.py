"""Two workers that share a database and an object store, and no disk: what one has made, the other has."""

import re
import shutil
from pathlib import Path

import pytest

from tests.machines.workers import Machines

pytestmark = pytest.mark.machines

SPEAKER = "fal-ai/kling-video/ai-avatar/v2/pro"


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_one_worker_made_the_other_finds_and_neither_makes_nor_buys_it_again(machines: Machines) -> None:
    here, there = machines.worker("a"), machines.worker("b")
    made = here.produce("demo", "--mode", "final")
    assert made.error is None, made.error
    bought = machines.bought()
    again = there.produce("demo", "--mode", "final", "--segments", "s02")
    assert again.error is None, again.error
    assert (again.cost_usd, machines.bought()) == (0, bought)
    assert [(each.segment, each.reused) for each in again.segments] == [("s02", True)]
    assert here.ninja("open", "demo", "--mode", "final").end().status == 0  # the page tells who made s02 last
    ours, theirs = tree(here.output / "demo" / "final"), tree(there.output / "demo" / "final")
    assert ours.keys() == theirs.keys()  # the cut, all its segments, its page and its bundle
    assert [name for name in ours if ours[name] != theirs[name]] == []


def test_a_machine_without_keys_lays_out_what_another_one_made(machines: Machines) -> None:
    here, there = machines.worker("a"), machines.worker("b")
    made = here.produce("demo", "--mode", "rehearsal")
    assert made.error is None, made.error
    opened = there.ninja("open", "demo", "--json", FAL_KEY="", ELEVENLABS_API_KEY="").end()
    assert opened.status == 0, opened.stderr
    ours, theirs = tree(here.output / "demo"), tree(there.output / "demo")
    assert [name for name in ours if ours[name] != theirs.get(name)] == []
    assert ours.keys() == theirs.keys()


def test_a_paid_episode_is_published_under_peoples_names_and_a_rehearsal_is_not(machines: Machines) -> None:
    here, there = machines.worker("a"), machines.worker("b")
    machines.store.make_bucket("public")
    place = {"NINJA_PUBLISH": "s3://public/episodes"}
    assert here.produce("demo", "--mode", "rehearsal", **place).error is None
    assert machines.store.names(bucket="public") == []
    assert here.produce("demo", "--mode", "final", **place).error is None
    published = machines.store.names(bucket="public")
    ours = here.output / "demo" / "final"
    bundle = {f"publish/{path.name}" for path in (ours / "publish").iterdir()}
    cut = {"final.mp4", "final.srt", "final.vtt", "review.html", "storyboard.webp", ".published.json"}
    posters = {f"s{number:02}/poster.webp" for number in (1, 2, 3)}
    assert {name.removeprefix("public/episodes/demo/final/") for name in published} == {*cut, *posters, *bundle}
    page = machines.store.read("public/episodes/demo/final/review.html").decode()
    named = set(re.findall(r'(?:src|poster)="([^":]+)"', page))
    assert named <= {*cut, *posters}  # all that the page shows is there
    assert machines.store.read("public/episodes/demo/final/final.mp4") == (ours / "final.mp4").read_bytes()
    machines.store.requests()
    assert there.produce("demo", "--mode", "final", "--segments", "s02", **place).error is None
    assert machines.store.names(bucket="public") == published


def test_no_metadata_names_a_path_of_one_machines_disk(machines: Machines) -> None:
    here = machines.worker("a")
    assert here.produce("demo", "--mode", "final", NINJA_PUBLISH="s3://studio/episodes").error is None
    shown = here.metadata()
    assert len(shown) > 20
    assert [value for value in shown if str(machines.root) in value] == []
    assert any(value.startswith("/desk/media/") for value in shown)


def test_a_price_that_one_machine_takes_the_other_one_buys_by(machines: Machines) -> None:
    here, there = machines.worker("a"), machines.worker("b")
    machines.stage.providers.settings(unit_usd={SPEAKER: 0.23})
    refused = there.produce("demo", "--mode", "final")
    assert f"`ninja prices accept {SPEAKER}` takes the new price" in str(refused.error)
    assert machines.bought() == 0
    accepted = here.ninja("prices", "accept", SPEAKER).end()
    assert accepted.status == 0, accepted.stderr
    made = there.produce("demo", "--mode", "final")
    assert made.error is None, made.error
    assert made.cost_usd == pytest.approx(machines.stage.providers.report().spent_usd, abs=0.005)
    assert not list(machines.root.rglob("prices.json*"))


def test_a_missing_bucket_is_told_by_name_and_never_made(machines: Machines) -> None:
    ended = machines.worker("a").ninja("produce", "demo", NINJA_LIBRARY="s3://nobody-made-it/library").end()
    assert ended.status != 0
    assert "there is no bucket nobody-made-it" in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr
    assert machines.store.buckets() == ["studio"]


def test_a_worker_needs_no_checkout_of_a_show_that_lies_at_an_address(machines: Machines) -> None:
    here, there = machines.worker("a"), machines.worker("b")
    made = here.produce("demo", "--mode", "final")
    assert made.error is None, made.error
    bought = machines.bought()
    machines.store.files.put(str(here.show), f"{machines.store.bucket}/shows/demo", recursive=True)
    shutil.rmtree(there.show)
    address = {"NINJA_SHOW": f"s3://{machines.store.bucket}/shows/demo"}
    again = there.produce("demo", "--mode", "final", "--segments", "s02", **address)
    assert again.error is None, again.error
    assert (again.cost_usd, machines.bought()) == (0, bought)
    assert (there.output / "demo/final/final.mp4").read_bytes() == (here.output / "demo/final/final.mp4").read_bytes()
    refused = there.ninja("new", "other", **address).end()
    assert refused.status != 0
    assert f"{address['NINJA_SHOW']}/episodes/other.md" in " ".join(refused.stderr.split())
