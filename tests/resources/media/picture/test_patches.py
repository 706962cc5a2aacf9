import numpy as np
from PIL import Image, ImageDraw

from resources.media.picture.patches import patches, raw
from tests.resources.media.footage import looks


def test_the_patches_of_a_frame_and_a_mark_hold_all_of_it_and_little_else() -> None:
    picture = Image.new("RGBA", (542, 958))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((4, 4, 537, 953), outline="#22d3ee", width=6)
    draw.rectangle((200, 500, 329, 559), fill="#ffffff80")
    again = Image.new("RGBA", picture.size)
    found = patches(picture)
    for patch in found:
        again.paste(looks(patch), (patch.area.x, patch.area.y))
        assert all(side % 2 == 0 for side in patch.area.model_dump().values())
    made, meant = np.asarray(again, dtype=int), np.asarray(picture, dtype=int)
    assert np.array_equal(made[..., 3], meant[..., 3])
    assert np.abs(made - meant)[meant[..., 3] > 0].max() <= 3
    assert sum(patch.area.width * patch.area.height for patch in found) < 0.2 * picture.width * picture.height


def test_what_nothing_is_seen_through_is_apart_from_what_is() -> None:
    picture = Image.new("RGBA", (640, 900))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 639, 129), fill="#101430")
    draw.rectangle((0, 600, 639, 899), fill="#101430")
    draw.rectangle((0, 560, 639, 599), fill="#10143080")
    solid = [patch.area for patch in patches(picture) if patch.opaque]
    assert [(area.y, area.height) for area in solid] == [(0, 130), (608, 292)]
    assert sum(patch.area.height for patch in patches(picture)) == 130 + 340


def test_beside_the_edge_of_a_letter_lies_its_own_colour() -> None:
    edge = Image.new("RGBA", (2, 2), (0, 0, 0, 0))
    edge.putpixel((0, 0), (255, 0, 0, 255))
    whole = Image.new("RGBA", (2, 2), (255, 0, 0, 255))
    assert raw(edge)[4:6] == raw(whole)[4:6]
    assert len(raw(whole, opaque=True)) == 6


def test_an_empty_picture_has_no_patches() -> None:
    assert patches(Image.new("RGBA", (64, 64))) == ()
