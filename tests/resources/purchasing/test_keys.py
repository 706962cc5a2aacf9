"""What was bought is found again: by a machine with other tools, and after a better default; what changed is told."""

import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from resources.core.library import Library
from resources.core.names import Mode
from resources.core.values import Part
from resources.media.audio import voice_track
from resources.media.picture.entry import prepare
from resources.models.loading import load_script, load_show
from resources.purchasing.episode_quote import EpisodeQuote, quote_episode
from resources.purchasing.requests import clip_requests
from tests.faces import drawn_face
from tests.resources.purchasing.shop import TWO_TURNS, Shop
from tests.stage import PAID_SHOW, Stage


@pytest.fixture
def copied(shop: Shop, tmp_path: Path) -> Shop:
    """The shop's show and state in a folder of their own: a test may change them."""
    root = Path(shutil.copytree(shop.stage.root, tmp_path / "shop"))
    return Shop(Stage(root), shop.providers, shop.offered, shop.made)


@pytest.fixture
def other_tools(copied: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Another machine: nothing that tools made is there, and its own encoders write other bytes."""
    library = Path(copied.stage.settings().library)
    shutil.rmtree(library / "recipes")
    jpeg = prepare._jpeg

    def another(*arguments: Any) -> bytes:
        return jpeg(*arguments) + b"\0"  # what follows the picture's end is nobody's

    monkeypatch.setattr(voice_track, "_UPLOAD_BITRATE", "128k")
    monkeypatch.setattr(prepare, "_jpeg", another)
    return copied


def told(quote: EpisodeQuote) -> dict[str, list[str]]:
    """What has changed, by segment."""
    return {one.segment: one.changed for one in quote.segments}


def test_a_machine_with_another_encoder_buys_nothing_again(other_tools: Shop) -> None:
    sent = {str(value) for entry in other_tools.entries() for value in entry.arguments.values()}
    quote = other_tools.quote(Mode.DRAFT)
    assert (quote.total_usd, quote.exact) == (0, True)
    library = Library(other_tools.stage.settings().library)
    made = {f"sha256:{path.stem}" for path in (Path(other_tools.stage.settings().library) / "media").rglob("*.*")}
    pictures = [name for name in made - sent if library.find(name.removeprefix("sha256:")).suffix in (".jpg", ".mp3")]  # type: ignore[union-attr]
    assert len(pictures) >= 2  # it did make files of its own, and none of them was ever sent


def test_what_was_bought_by_its_files_is_found_by_them_and_then_by_its_sources(
    copied: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row of an earlier version has the key of the very files; it gets its own when it is first used."""
    with copied.ledger() as ledger, ledger.store.writing() as session:
        session.connection().exec_driver_sql("UPDATE purchases SET key = legacy_key, sources = NULL, given = NULL")
        session.connection().exec_driver_sql("DELETE FROM reuses")
    assert copied.quote(Mode.DRAFT).total_usd == 0
    with copied.ledger() as ledger:
        keys = {entry.id: entry.key for entry in ledger.rows()}
    with monkeypatch.context() as patch:
        for name, value in copied.providers.environment.items():
            patch.setenv(name, value)
        made = copied.stage.produce(mode=Mode.DRAFT)
    assert (made.error, made.cost_usd) == (None, 0)
    with copied.ledger() as ledger:
        changed = [entry for entry in ledger.rows() if keys[entry.id] != entry.key]
        assert {entry.asset for entry in changed} == {"speaker_clips", "listener_clips"}
        assert all(entry.purchase.key == entry.key and entry.purchase.legacy_key == keys[entry.id] for entry in changed)


def test_a_better_default_buys_no_old_episode_again(copied: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def better(*_: object) -> str:
        return "Speaks better than ever before, hands and all."

    monkeypatch.setattr(clip_requests, "speaking_prompt", better)
    quote = copied.quote(Mode.DRAFT)
    assert quote.total_usd == 0
    assert all(one.reused for one in quote.segments)
    copied.stage.write_episode("another", TWO_TURNS.replace("One two", "Nine ten"))
    assert copied.quote(Mode.DRAFT, "another").total_usd > 0


@pytest.mark.parametrize(
    ("change", "part"), [("words", "words"), ("picture", "picture"), ("setting", "settings"), ("voice", "settings")]
)
def test_a_quote_says_what_changed_beside_what_it_costs(copied: Shop, change: str, part: str) -> None:
    stage = copied.stage
    if change == "words":
        stage.write_episode(text=TWO_TURNS.replace("One two", "Nine ten"))
    if change == "picture":
        drawn_face(0.6, (1080, 960), "#ff0000").save(stage.show / "characters" / "ninja.png")
    if change == "setting":
        stage.write_episode(text=TWO_TURNS.replace("NINJA:", "NINJA {acting: whispers}:"))
    if change == "voice":
        stage.write_show(PAID_SHOW.replace("{voice_id: voiceNinja01}", "{voice_id: voiceNinja01, stability: 0.5}"))
    quote = copied.quote(Mode.DRAFT)
    assert quote.total_usd > 0
    assert part in told(quote)["s01"]
    [first, *_] = [note for one in quote.segments for note in one.notes if "changed" in note]
    assert part in first
    shown = copied.ninja("quote", "demo", "--mode", "draft").stdout.replace("\n", " ")
    assert "changed" in shown


def test_words_that_are_changed_back_are_what_was_bought(copied: Shop) -> None:
    copied.stage.write_episode(text=TWO_TURNS.replace("One two", "Nine ten"))
    assert copied.quote(Mode.DRAFT).total_usd > 0
    copied.stage.write_episode(text=TWO_TURNS)
    assert copied.quote(Mode.DRAFT).total_usd == 0


def test_nothing_is_kept_against_a_retake(copied: Shop) -> None:
    with closing(copied.ledger()) as ledger:
        assert all(entry.take == 1 for entry in ledger.rows())
    settings = copied.stage.settings(Mode.DRAFT)
    show = load_show(settings.show)
    script = load_script(settings.show, show, "demo")
    quote = quote_episode(settings, show, script, retake=["s01"], retake_of=[Part.SPEAKER])
    assert [one.speaker_usd > 0 for one in quote.segments] == [True, False]
    assert told(quote)["s01"] == []
