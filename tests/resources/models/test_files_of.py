"""The files of an episode, and the same files in a copy of the show's folder."""

from pathlib import Path

import pytest

from resources.content.versions.version import keep, laid_out
from resources.core.library import Library
from resources.media.audio.music import music_of
from resources.models.loading import files_of, load_script, load_show
from tests.stage import build_stage


@pytest.mark.parametrize("name", ["{own}/{file}", "../show/{file}", "pictures/../{file}", "{link}/{file}", "{file}"])
@pytest.mark.parametrize("through_link", [False, True])
def test_a_file_is_found_in_a_copy_however_its_place_is_written(tmp_path: Path, name: str, through_link: bool) -> None:
    stage, link = build_stage(tmp_path), tmp_path / "link"
    link.symlink_to(stage.show)
    own = link if through_link else stage.show
    picture = name.format(own=stage.show, link=link, file="characters/guest.png")
    bed = name.format(own=stage.show, link=link, file="bed.ogg")
    text = (stage.show / "show.yaml").read_text(encoding="utf-8").replace("characters/guest.png", picture)
    (stage.show / "show.yaml").write_text(f"{text}sound: {{bed: {bed}}}\n", encoding="utf-8")
    (stage.show / "bed.ogg").write_bytes(b"a bed")
    library, show = Library(tmp_path / "library"), load_show(own)
    version = keep(library, own, files_of(own, show, load_script(own, show, "demo")))
    with laid_out(library, version, str(own)) as folder:
        copied = load_show(folder)
        assert copied.characters["GUEST"].image == folder / "characters" / "guest.png"
        assert music_of(copied.sound, load_script(folder, copied, "demo").sound, folder).bed == folder / "bed.ogg"
