"""What comes in by the one door: plain things as they are, all else as it is meant to be seen."""

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageCms

from resources.core.library import Library
from resources.core.values import Media
from resources.media.delivered_file import checked
from resources.media.ffmpeg import run
from resources.media.picture.entry.door import Look, entered, look_at
from resources.media.picture.entry.opening import open_picture
from resources.media.probe import video_facts
from tests.resources.media.footage import bright, channels, clip, pictures

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "10", "-pix_fmt", "yuv420p")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def made(library: Library, folder: Path, *arguments: str, name: str = "made.mp4") -> Media:
    run([*arguments, str(folder / name)])
    return library.put(folder / name)


def flash_of(path: Path) -> float:
    """The second at which the clip of `footage` is seen to flash."""
    with av.open(str(path)) as file:
        times = [frame.time or 0.0 for frame in file.decode(video=0)]
    return times[int(np.argmax(bright(pictures(path), 0.5, 0.5)))]


def test_what_is_plain_comes_out_as_it_went_in(library: Library, tmp_path: Path) -> None:
    plain = clip(library, tmp_path)
    assert look_at(library.path(plain)) == Look()
    assert entered(library, plain) == plain
    assert entered(library, plain) == plain  # remembered


def test_a_clip_with_an_edit_list_is_taken_and_shows_what_its_list_shows(library: Library, tmp_path: Path) -> None:
    whole = library.path(clip(library, tmp_path, seconds=2.0))
    cut = made(library, tmp_path, "-ss", "0.3", "-i", str(whole), "-c", "copy", name="cut.mp4")
    path = library.path(cut)
    facts = video_facts(path)
    assert (facts.hidden, facts.frames) == (9, 51)
    assert checked(path, seconds=1.7).seconds == pytest.approx(1.7, abs=0.001)
    plain = library.path(entered(library, cut))
    assert look_at(plain) == Look()
    assert video_facts(plain).frames == 51
    assert flash_of(plain) == pytest.approx(0.2, abs=0.001)
    click = int(np.argmax(np.abs(channels(plain)[0]) > 0.01)) / 48000
    assert click < 0.05  # its sound, which was there from the start


def test_a_picture_that_begins_after_its_sound_keeps_its_place(library: Library, tmp_path: Path) -> None:
    source = str(library.path(clip(library, tmp_path)))
    both = ["-itsoffset", "0.4", "-i", source, "-i", source, "-map", "0:v", "-map", "1:a", "-c", "copy"]
    late = made(library, tmp_path, *both, name="late.mp4")
    assert look_at(library.path(late)).late == pytest.approx(0.4, abs=0.03)
    plain = library.path(entered(library, late))
    assert look_at(plain) == Look()
    assert flash_of(plain) == pytest.approx(0.9, abs=0.04)
    assert video_facts(plain).seconds == pytest.approx(1.6, abs=0.05)


def test_a_clip_on_its_side_is_turned_and_a_stretched_one_is_as_wide_as_it_is_seen(
    library: Library, tmp_path: Path
) -> None:
    source = str(library.path(clip(library, tmp_path, seconds=0.2)))
    turned = made(library, tmp_path, "-display_rotation", "90", "-i", source, "-c", "copy", name="turned.mp4")
    wide = made(library, tmp_path, "-i", source, "-vf", "setsar=4/3", *X264, name="wide.mp4")
    assert (look_at(library.path(turned)).turned, look_at(library.path(wide)).stretched) == (True, True)
    sizes = [video_facts(library.path(entered(library, each))) for each in (turned, wide)]
    assert [(facts.width, facts.height) for facts in sizes] == [(240, 270), (360, 240)]


def test_hdr_is_brought_to_what_every_screen_shows(library: Library, tmp_path: Path) -> None:
    """Grey as bright as paper (203 cd/m2 in PQ) becomes nearly white, a dark grey stays dark; nothing is flat grey."""
    told = "transfer=smpte2084:colorprim=bt2020:colormatrix=bt2020nc"
    steps = "geq=lum='if(lt(X,W/2),593,180)':cb=512:cr=512"  # of 1023: PQ .58 is 203 cd/m2, .13 about 1
    hdr = made(
        library,
        tmp_path,
        *("-f", "lavfi", "-i", "color=gray:s=64x64:r=30:d=0.2", "-vf", f"format=yuv420p10le,{steps}"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-qp", "4", "-x264-params", told),
        name="hdr.mp4",
    )
    assert look_at(library.path(hdr)).hdr
    plain = library.path(entered(library, hdr))
    assert look_at(plain) == Look()
    shown = pictures(plain)[0].mean(axis=2)
    assert shown[:, 8].mean() > 190
    assert shown[:, 56].mean() < 60


def test_pictures_of_other_depths_and_colours_are_brought_to_srgb(library: Library, tmp_path: Path) -> None:
    deep = Image.fromarray((np.arange(256, dtype=np.uint16) * 257).reshape(16, 16))
    assert np.array_equal(np.asarray(opened(library, deep))[:, :, 0].ravel(), np.arange(256))
    dark = Image.fromarray(np.full((8, 8), 200, dtype=np.uint16))  # of 65535, not of 255
    assert np.asarray(opened(library, dark)).max() <= 1
    green = Image.new("RGB", (8, 8), (0, 255, 0))
    file = io.BytesIO()
    green.save(file, "PNG", icc_profile=wide_profile())
    media = library.put_bytes(file.getvalue(), ".png")
    seen = open_picture(library.path(entered(library, media)), "green.png").getpixel((4, 4))
    assert seen != (0, 255, 0)
    plain = io.BytesIO()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    green.save(plain, "PNG", icc_profile=srgb)
    unchanged = library.put_bytes(plain.getvalue(), ".png")
    assert entered(library, unchanged) == unchanged


def opened(library: Library, picture: Image.Image) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return open_picture(library.path(entered(library, library.put_bytes(file.getvalue(), ".png"))), "picture.png")


def wide_profile() -> bytes:
    """sRGB's profile with its red and its green exchanged: other colours, by a profile that every reader takes."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "wide".encode("utf-16-be")).replace(b"sRGB b", b"wide b")


def test_an_interlaced_clip_comes_out_in_whole_frames(library: Library, tmp_path: Path) -> None:
    black, white = "color=black:s=320x240:r=50:d=1", "color=white:s=40x240:r=50:d=1"
    moving = f"{black}[back];{white}[bar];[back][bar]overlay=x='mod(n*12,320)',tinterlace=interleave_top"
    woven = made(library, tmp_path, "-f", "lavfi", "-i", moving, "-flags", "+ilme+ildct", *X264)
    assert look_at(library.path(woven)) == Look(interlaced=True)
    plain = library.path(entered(library, woven))
    assert look_at(plain) == Look()
    assert video_facts(plain).frames == video_facts(library.path(woven)).frames

    def combed(path: Path) -> float:
        """How much every other row differs from those beside it."""
        frame = pictures(path)[20].astype(float)
        return float(np.abs(frame[1:-1:2] - (frame[:-2:2] + frame[2::2]) / 2).mean())

    assert combed(plain) < 0.2 * combed(library.path(woven))
