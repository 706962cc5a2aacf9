"""`ninja fix` rewrites a file that it has read whole, and no other."""

from pathlib import Path

import pytest

from ninja_assets.cli.commands.writing.fix import run
from resources.core.errors import ContentError
from resources.core.text.text_files import MAX_BYTES
from tests.stage import build_stage


def test_what_is_certain_is_rewritten_and_all_else_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stage = build_stage(tmp_path)
    file = stage.show / "episodes" / "demo.md"
    file.write_bytes(b"NINJA: One.\r\nGLITCH (laughs): Two.\r\n")
    assert run(stage.settings(), "demo", write=True) == 0
    assert file.read_bytes() == b"NINJA: One.\r\nGLITCH: [laughs] Two.\r\n"
    assert run(stage.settings(), "demo", write=True) == 0
    assert "nothing that is certain" in capsys.readouterr().out


def test_a_file_that_is_too_long_is_not_cut_off(tmp_path: Path) -> None:
    stage = build_stage(tmp_path)
    text = "NINJA: One.\nGLITCH (laughs): Two.\n".ljust(MAX_BYTES, "x") + "y"
    stage.write_episode(text=text)
    with pytest.raises(ContentError, match="more than 400,000 bytes") as refused:
        run(stage.settings(), "demo", write=True)
    assert str(refused.value.where).endswith("demo.md:1")
    assert (stage.show / "episodes" / "demo.md").read_text(encoding="utf-8") == text
