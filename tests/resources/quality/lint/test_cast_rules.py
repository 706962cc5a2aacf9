"""Who plays an episode: voices, models and moods, as far as it needs them."""

from pathlib import Path

import pytest

from tests.resources.quality.lint.shows import found

MASTER = "voice_id: abc, model: eleven_v3, speed: "


@pytest.mark.parametrize(
    ("voice", "rules"),
    [
        ("voice_id: abc, model: eleven_v3, stability: 0.5", []),
        ("voice_id: abc, model: eleven_v3, stability: 0.3", ["voice-setting"]),
        ("voice_id: abc, model: eleven_multilingual_v2, stability: 0.3", []),
        ("voice_id: abc, model: eleven_v9", ["model-unknown"]),
        ("voice_id: abc, language_code: xx", ["language-unknown"]),
        ("voice_id: abc, language_code: deu", ["language-unknown"]),
        ("voice_id: abc, language_code: de", []),
    ],
)
def test_a_voice_is_judged_as_its_model_takes_it(tmp_path: Path, voice: str, rules: list[str]) -> None:
    assert [rule for rule, _ in found(tmp_path, (MASTER, voice))] == rules


def test_who_speaks_needs_a_voice_and_who_does_not_needs_none(tmp_path: Path) -> None:
    mute = ("    voice: {elevenlabs: {voice_id: def}},\n", "")
    assert [rule for rule, _ in found(tmp_path, mute)] == ["voice-missing"]
    assert found(tmp_path, mute, episode="NINJA: Hello there, all.\n") == []


def test_a_mood_that_no_puppet_plays_is_told_where_it_is_defined(tmp_path: Path) -> None:
    episode = "NINJA {mood: %s}: Hello there, all.\nGLITCH: Hello.\n"
    smiling = ("A nice smile", "A man smiles with his mouth closed")
    assert "mood-unplayed" not in dict(found(tmp_path, smiling, episode=episode % "amused"))
    odd = ("amused: A nice smile", "jealous: A man smiles with his mouth closed")
    assert "mood-unplayed" in dict(found(tmp_path, odd, episode=episode % "jealous"))
