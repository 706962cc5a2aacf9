import io

import numpy as np
from PIL import Image, ImageDraw

from resources.media.picture.patches import patches


def test_the_patches_of_a_frame_and_a_mark_hold_all_of_it_and_little_else() -> None:
    picture = Image.new("RGBA", (542, 958))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((3, 3, 538, 954), outline="#22d3ee", width=6)
    draw.rectangle((200, 500, 330, 560), fill="#ffffff80")
    again = Image.new("RGBA", picture.size)
    found = patches(picture)
    for patch in found:
        again.paste(Image.open(io.BytesIO(patch.png)), (patch.area.x, patch.area.y))
        assert all(side % 2 == 0 for side in patch.area.model_dump().values())
    assert np.array_equal(np.asarray(again), np.asarray(picture))
    assert sum(patch.area.width * patch.area.height for patch in found) < 0.2 * picture.width * picture.height


def test_an_empty_picture_has_no_patches() -> None:
    assert patches(Image.new("RGBA", (64, 64))) == ()
