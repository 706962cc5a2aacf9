"""`ninja lint`, and that nothing is quoted or bought in a paid mode while it finds errors."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ninja_assets.cli.commands.money import quote
from ninja_assets.cli.commands.writing import lint
from ninja_assets.runs.production import check_order, produce
from resources.core.errors import ContentError
from resources.core.names import Mode
from tests.stage import Stage, build_stage, face

SHOW = """\
    title: Linted Show
    slots: 4
    characters:
      NINJA: {name: Ninja, image: characters/ninja.png, voice: {elevenlabs: {voice_id: voiceNinja01}}}
      GLITCH:
        name: Glitch
        image: characters/glitch.png
        voice: {elevenlabs: {voice_id: voiceGlitch02}}
        listening: {moods: {amused: Smirking.}}
    models:
      draft: {speaker: fal-ai/kling-video/ai-avatar/v2/standard}
      final: {speaker: fal-ai/kling-video/ai-avatar/v2/pro}
    caps: {segment_usd: 2, episode_usd: 10, day_usd: 20}
    """
CLOSED, OPEN = "listening: {moods: {amused: Smirking.}}", "listening: {prompt: Nodding gently at the desk.}"


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    for name in ("FAL_KEY", "ELEVENLABS_API_KEY"):
        monkeypatch.setenv(name, "not-a-key")
    stage = build_stage(tmp_path)
    stage.write_show(SHOW)
    for name in ("ninja", "glitch"):
        face((1080, 960), "#22d3ee").save(stage.show / "characters" / f"{name}.png")
    return stage


def _open_mouth(stage: Stage) -> None:
    """A listener whose mouth nobody closes: line 9 of the show."""
    stage.write_show(SHOW.replace(CLOSED, OPEN))


def _shrink_portrait(stage: Stage) -> None:
    """A portrait that is far too small: line 4 of the show."""
    face((200, 200), "#22d3ee").save(stage.show / "characters" / "ninja.png")


def _spoil(stage: Stage) -> None:
    _open_mouth(stage)
    _shrink_portrait(stage)


def test_an_episode_without_findings_ends_with_0(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint.run(stage.settings(), "demo", as_json=False) == 0
    assert capsys.readouterr().out.strip() == "demo: 0 errors, 0 warnings"


def test_an_error_ends_with_1_and_has_its_place_mend_and_source(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _spoil(stage)
    monkeypatch.chdir(stage.root)
    monkeypatch.setenv("COLUMNS", "200")
    assert lint.run(stage.settings(), "demo", as_json=False) == 1
    printed = capsys.readouterr().out
    assert "show/show.yaml:9: error: " in printed
    assert "more: ninja explain mouth-open (docs/sources/avatars.md#listener)" in printed
    assert "ninja explain image-small" in printed
    assert "  mend: " in printed
    assert "demo: 2 errors, " in printed


def test_json_has_every_finding(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    _spoil(stage)
    assert lint.run(stage.settings(), "demo", as_json=True) == 1
    result = json.loads(capsys.readouterr().out)
    assert (result["episode"], result["errors"]) == ("demo", 2)
    assert len(result["findings"]) == result["errors"] + result["warnings"]
    first = result["findings"][0]
    assert first.keys() >= {"code", "severity", "file", "line", "what", "why", "mend", "source"}
    assert (first["rule"], first["message"]) == (first["code"], first["what"])


def test_errors_refuse_a_paid_production_before_anything_starts_and_no_rehearsal(stage: Stage) -> None:
    _spoil(stage)
    with pytest.raises(ContentError, match="2 errors: nothing is bought") as refused:
        check_order(stage.settings(Mode.DRAFT), "demo")
    assert refused.value.hint == "ninja lint demo --mode draft"
    assert check_order(stage.settings(), "demo").script.episode == "demo"
    assert not stage.output.exists()


def test_warnings_go_with_the_order_and_stop_nothing(stage: Stage) -> None:
    _open_mouth(stage)
    (stage.show / "prompts.yaml").write_text("lint: {severity: {mouth-open: warning}}\n", encoding="utf-8")
    order = check_order(stage.settings(Mode.DRAFT), "demo")
    assert "mouth-open" in {found.rule for found in order.warnings}


def test_a_quote_shows_the_findings_and_refuses_paid_modes(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    _spoil(stage)
    assert quote.run(stage.settings(), "demo", mode=None, as_json=True) == 0
    printed = capsys.readouterr()
    result = json.loads(printed.out)
    assert list(result["modes"]) == ["rehearsal"]
    assert "[mouth-open]" in result["refused"]["draft"]
    assert "ninja explain mouth-open" in printed.err
    with pytest.raises(ContentError, match="nothing is bought"):
        quote.run(stage.settings(), "demo", mode=Mode.FINAL, as_json=False)


def test_a_single_error_keeps_its_parts(stage: Stage) -> None:
    _shrink_portrait(stage)
    with pytest.raises(ContentError, match="image-small") as refused:
        check_order(stage.settings(Mode.FINAL), "demo")
    assert refused.value.where is not None
    assert refused.value.where.endswith("show.yaml:4")
    assert "nothing is bought before it is mended" in str(refused.value)


def test_a_run_that_dagster_starts_is_refused_by_its_script(stage: Stage) -> None:
    _spoil(stage)
    rehearsal = check_order(stage.settings(), "demo")
    with stage.instance() as instance:
        production = produce(replace(rehearsal, settings=stage.settings(Mode.DRAFT)), instance)
    assert production.final_video is None
    assert "2 errors: " in str(production.error)
    assert not (stage.output / "demo" / "draft" / "s01").exists()


def test_a_finding_is_one_line_for_a_program_and_a_refused_mode_is_told_by_its_number(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = "image: characters/ninja.png, voice: {elevenlabs: {voice_id: voiceNinja01}}"
    stage.write_show(SHOW.replace(whole, "puppet: ninja"))
    lint.run(stage.settings(), "demo", as_json=False)
    printed = capsys.readouterr().out.splitlines()
    assert sum(": error: " in line and line.endswith("has no voice at ElevenLabs") for line in printed) >= 1, printed
    quote.run(stage.settings(), "demo", mode=None, as_json=False)
    seen = capsys.readouterr()
    assert "has no voice" not in seen.out
    assert "has no voice" in seen.err
    assert "ninja lint demo" in seen.out
    assert "in detail: ninja quote demo --mode rehearsal" in seen.out


@pytest.mark.parametrize("as_json", [False, True])
def test_where_no_mode_can_run_the_quote_is_refused(stage: Stage, tmp_path: Path, *, as_json: bool) -> None:
    (tmp_path / "file").touch()
    nowhere = replace(stage.settings(), output=tmp_path / "file" / "output")
    with pytest.raises(ContentError, match="nothing can be written"):
        quote.run(nowhere, "demo", mode=None, as_json=as_json)
