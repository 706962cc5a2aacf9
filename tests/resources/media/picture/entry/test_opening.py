"""The one opener of pictures: what is none is refused in words for whoever put it there."""

from pathlib import Path

import pytest

from resources.core.errors import ContentError
from resources.media.picture.entry.opening import open_picture


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "nothing is in it"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "it is HEIC, whatever its name says"),
        (b"<html>no such file</html>", "what is in it is no picture that is known here"),
    ],
)
def test_a_file_that_is_no_picture_says_what_it_is(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "face.jpg"
    path.write_bytes(content)
    with pytest.raises(ContentError) as refused:
        open_picture(path, "show.yaml:7")
    assert (refused.value.where, refused.value.why) == ("show.yaml:7", why)
