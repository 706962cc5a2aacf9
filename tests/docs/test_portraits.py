"""The puppets' portraits, as they are written and as the show has them."""

from pathlib import Path

import pytest
from PIL import Image

from docs.write.portraits import main
from resources.providers.offline.puppets import PUPPETS

SHOW = Path(__file__).resolve().parents[2] / "show"


def test_portraits_are_made_for_every_puppet(tmp_path: Path) -> None:
    main(tmp_path, side=240)
    for name in PUPPETS:
        with Image.open(tmp_path / f"{name}.png") as picture:
            assert picture.size == (240, 240)


@pytest.mark.parametrize("name", sorted(PUPPETS))
def test_the_show_s_portraits_can_be_cropped_to_both_panes(name: str) -> None:
    path = SHOW / "characters" / f"{name}.png"
    with Image.open(path) as picture:
        assert min(picture.size) >= 1080
    assert path.stat().st_size < 500_000
