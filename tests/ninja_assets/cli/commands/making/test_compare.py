"""What `ninja compare` says when a person ends it, and the command that it names."""

from pathlib import Path

import pytest

from ninja_assets.cli.commands.making import compare
from ninja_assets.reports.matches import check_match
from tests.stage import build_stage


@pytest.mark.parametrize(("cap", "most"), [(None, ""), (1.5, " --cap 1.5")])
def test_a_comparison_that_is_interrupted_names_what_goes_on_whichever_command_began_it(
    cap: float | None,
    most: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    match = check_match(build_stage(tmp_path).settings(), "demo", "s01", ["v2/standard", "v2/pro"], cap_usd=cap)
    monkeypatch.setattr(compare, "compare", interrupted)
    monkeypatch.setattr(compare, "dagster_instance", lambda: None)
    assert compare.made(match, yes=True, as_json=False) == 130
    models = "fal-ai/kling-video/ai-avatar/v2/standard,fal-ai/kling-video/ai-avatar/v2/pro"
    named = f"ninja compare demo --segment s01 --models {models} --mode rehearsal{most}"
    assert capfd.readouterr().err.splitlines()[-1].endswith(f"go on with: {named}")
