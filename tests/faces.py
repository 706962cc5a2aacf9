"""Faces drawn for tests: what a detector of faces takes for one."""

from PIL import Image, ImageColor, ImageDraw, ImageFilter


def drawn_face(part: float, size: tuple[int, int] = (640, 640), color: str = "#3c281e") -> Image.Image:
    """A face that fills `part` of the picture's height from the chin to the brow, with hair of that colour."""
    picture = Image.new("RGB", size, (120, 130, 140))
    draw = ImageDraw.Draw(picture)
    high, wide = size[1] * part, size[1] * part * 0.75

    def oval(x: float, y: float, across: float, down: float, fill: tuple[int, ...]) -> None:
        left, top = size[0] / 2 + x * wide, size[1] / 2 + y * high
        draw.ellipse([left - across * wide, top - down * high, left + across * wide, top + down * high], fill=fill)

    oval(0, -0.08, 0.56, 0.58, ImageColor.getrgb(color))
    oval(0, 0, 0.5, 0.5, (225, 180, 150))
    for side in (-1, 1):
        oval(side * 0.2, -0.08, 0.11, 0.05, (245, 245, 245))
        oval(side * 0.2, -0.08, 0.045, 0.045, (50, 35, 30))
        oval(side * 0.2, -0.19, 0.12, 0.015, (60, 40, 30))
    oval(0, 0.1, 0.06, 0.03, (200, 150, 125))
    oval(0, 0.27, 0.17, 0.045, (170, 70, 70))
    return picture.filter(ImageFilter.GaussianBlur(size[1] * part / 120))
